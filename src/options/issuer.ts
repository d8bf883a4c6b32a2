import { readIssuer, type IssuerAddress } from '../protocol/metadata';
import type { Checks } from './checks';

const RULE =
  'an http or https address without query, fragment, credentials, backslashes and dot segments, such as https://api.example.com';

/** Whether a parser leaves the path as it is written: one that it would clean is another text to another client. */
const isClean = (text: string): boolean =>
  URL.canParse(text) && new URL(text).pathname === (text.replace(/^https?:\/\/[^/]*/, '') || '/');

const WILDCARD_RULE =
  'means all addresses of a machine, and clients can reach none by that name; give the address at which they reach this server';

/** Hosts that mean all addresses, as `URL` spells them. */
const wildcards = new Set(['0.0.0.0', '[::]', '[::ffff:0:0]']);

/** The address of the authorization server (RFC 8414 §2). */
export const checkIssuer = (checks: Checks, value: unknown): IssuerAddress => {
  const text = checks.required(value, ['issuer'], /^https?:\/\/[^\s?#@/\\][^\s?#@\\]*$/, RULE);
  if (text !== undefined && isClean(text)) {
    if (wildcards.has(new URL(text).hostname)) checks.fault(['issuer'], WILDCARD_RULE);
    return readIssuer(text);
  }
  if (text !== undefined) checks.fault(['issuer'], `must be ${RULE}`);
  return readIssuer('http://127.0.0.1');
};
