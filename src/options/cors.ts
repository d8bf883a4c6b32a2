import { isWebOrigin, type CorsPolicy } from '../protocol/cors';
import { printField } from '../protocol/printed-value';
import type { Checks, Path } from './checks';
import { openEntry } from './field-reader';
import type { CorsOptions } from './options';
import { customRow, flag, seconds, type Row } from './row';

const MAX_ORIGINS = 100;
const RULE = 'an origin such as https://app.example: scheme, host and port in lower case, no path, no *';

/** Describes the origin that is probably meant; nothing if the text is no URL. */
const meantOrigin = (text: string): string => {
  if (text.includes('*') || !URL.canParse(text)) return '';
  const { origin } = new URL(text);
  return isWebOrigin(origin) ? `; write ${origin}` : '';
};

const readOrigin = (checks: Checks, value: unknown, path: Path): string | undefined => {
  if (typeof value === 'string' && isWebOrigin(value)) return value;
  if (value === '*') return checks.fault(path, 'must not be *: to allow every origin, write cors: true');
  const meant = typeof value === 'string' ? meantOrigin(value) : '';
  return checks.fault(path, `must be ${RULE}; got ${printField(path, value)}${meant}`);
};

const readOrigins = (checks: Checks, value: unknown, path: Path): ReadonlySet<string> => {
  const list = checks.list(value, path, MAX_ORIGINS);
  if (value === undefined) checks.fault(path, 'is missing: list the origins, or write cors: true to allow every one');
  if (list?.length === 0) checks.fault(path, 'is empty: list at least one origin, or leave out cors');
  const origins = list?.map((origin, index) => readOrigin(checks, origin, [...path, index])) ?? [];
  return new Set(origins.filter((origin) => origin !== undefined));
};

/** Rows of `cors`. */
export const CORS_ROWS = {
  origins: customRow({
    type: 'string[]',
    default: 'required',
    range: `1 to ${MAX_ORIGINS} origins such as \`https://app.example\`, exact, without a path`,
    doc: 'The origins whose scripts may read responses.',
    read: readOrigins,
  }),
  credentials: flag({
    default: false,
    doc: 'True to allow requests with cookies and client certificates; tokens do not need it.',
  }),
  maxAge: seconds({
    min: 0,
    max: 86_400,
    default: 600,
    doc: 'How long a browser may cache the response to a preflight request.',
  }),
} satisfies Record<keyof CorsOptions, Row>;

const DEFAULT_MAX_AGE = 600;

/** Reads the option `cors`. @returns `undefined` if CORS is left to the host application */
export const readCors = (checks: Checks, value: unknown, path: Path): CorsPolicy | undefined => {
  if (value === undefined || value === false) return undefined;
  if (value === true) return Object.freeze({ origins: 'any', credentials: false, maxAge: DEFAULT_MAX_AGE });
  const cors = openEntry(checks, CORS_ROWS, value, path);
  if (cors === undefined) return undefined;
  const origins = cors.read('origins');
  return Object.freeze({ origins, credentials: cors.read('credentials'), maxAge: cors.read('maxAge') });
};
