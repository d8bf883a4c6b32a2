import { readIssuer, type IssuerAddress } from '../protocol/metadata';
import { printField } from '../protocol/printed-value';
import type { Checks, Path } from './checks';

const RULE =
  'an http or https address without query, fragment, credentials, backslashes and dot segments, such as https://api.example.com';

/** Checks whether a URL parser keeps the path unchanged: clients would compare a normalized one differently. */
const isUnchangedByParsing = (text: string): boolean =>
  URL.canParse(text) && new URL(text).pathname === (text.replace(/^https?:\/\/[^/]*/, '') || '/');

const WILDCARD_RULE =
  'is a wildcard address, which clients cannot connect to; give the address at which they reach this server';

/** Hosts that stand for all addresses of a machine, as `URL` spells them. */
const wildcards = new Set(['0.0.0.0', '[::]', '[::ffff:0:0]']);

/** A host, with or without a port and a path, that lacks only its scheme. */
const BARE_ADDRESS = /^(?:[A-Za-z0-9-]+\.)*[A-Za-z0-9-]+(?::\d{1,5})?(?:\/[A-Za-z0-9._~/-]*)?$/;

const LOCAL_HOST = /^(?:localhost|127\.[\d.]+|[A-Za-z0-9-]+:\d+)(?:[:/]|$)/;

const withScheme = (text: string): string => `${LOCAL_HOST.test(text) ? 'http' : 'https'}://${text}`;

/** Reads the option `issuer`, the URL of the authorization server (RFC 8414 §2). */
export const readIssuerOption = (checks: Checks, value: unknown, path: Path): IssuerAddress => {
  if (typeof value === 'string' && BARE_ADDRESS.test(value) && isUnchangedByParsing(withScheme(value))) {
    checks.fault(path, `is "${value}"; write ${withScheme(value)}`);
    return readIssuer('http://127.0.0.1');
  }
  const text = checks.required(value, path, /^https?:\/\/[^\s?#@/\\][^\s?#@\\]*$/, RULE);
  if (text !== undefined && isUnchangedByParsing(text)) {
    if (wildcards.has(new URL(text).hostname)) checks.fault(path, WILDCARD_RULE);
    return readIssuer(text);
  }
  if (text !== undefined) checks.fault(path, `must be ${RULE}; got ${printField(path, text)}`);
  return readIssuer('http://127.0.0.1');
};
