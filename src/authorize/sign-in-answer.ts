import { isSubject } from '../sign-in/users-answer';
import { IntegrationFault } from '../protocol/errors';
import { kindOfValue } from '../protocol/printed-value';
import { YEAR_3000, type EpochSeconds } from '../protocol/time';

/** The checked result of `authorization.signIn`. */
export type SignInAnswer =
  | { readonly user: string; readonly roles: readonly string[]; readonly authenticatedAt: EpochSeconds | undefined }
  | { readonly elsewhere: string };

const MAX_ADDRESS_LENGTH = 8_000;
const MAX_ROLES = 1_000;

const isString = (value: unknown): value is string => typeof value === 'string';

const wrong = (rule: string): IntegrationFault => new IntegrationFault(`authorization.signIn must return ${rule}`);

/** Returns the address as browsers read it. A path stays a path, so that the browser stays at the host that it used. */
const readAddress = (given: unknown, origin: string): string => {
  const rule = 'redirect as a path, or as a URL of this host or with https, in printable ASCII without credentials';
  if (!isString(given) || given.length > MAX_ADDRESS_LENGTH || !/^[\x21-\x5B\x5D-\x7E]+$/.test(given))
    throw wrong(rule);
  if (!URL.canParse(given, origin)) throw wrong(rule);
  const url = new URL(given, origin);
  const isOwn = url.origin === origin;
  if ((!isOwn && url.protocol !== 'https:') || url.username !== '' || url.password !== '') throw wrong(rule);
  if (!given.startsWith('/')) return url.href;
  if (!isOwn) throw wrong(rule); // such as //evil.example
  return url.pathname + url.search + url.hash;
};

const readRoles = (roles: unknown): readonly string[] => {
  if (roles === undefined) return [];
  if (Array.isArray(roles) && roles.length <= MAX_ROLES && roles.every(isString)) return [...roles];
  throw wrong(`roles as a list of at most ${MAX_ROLES} strings`);
};

const readInstant = (instant: unknown): EpochSeconds | undefined => {
  if (instant === undefined || (typeof instant === 'number' && instant > 0 && instant < YEAR_3000)) return instant;
  throw wrong('authenticatedAt in epoch seconds, not milliseconds');
};

/** Reads the result of `authorization.signIn`. @throws IntegrationFault that names the cure */
export const readSignInAnswer = (result: unknown, issuerOrigin: string): SignInAnswer => {
  if (typeof result !== 'object' || result === null)
    throw wrong(`{ user } or { redirect }; got ${kindOfValue(result)}`);
  const { user, redirect, roles, authenticatedAt } = result as Readonly<Record<string, unknown>>;
  if (redirect !== undefined && user !== undefined) throw wrong('either user or redirect, not both');
  if (redirect !== undefined) return { elsewhere: readAddress(redirect, issuerOrigin) };
  if (!isSubject(user)) throw wrong('user as a string of 1 to 256 characters without control characters, or redirect');
  return { user, roles: readRoles(roles), authenticatedAt: readInstant(authenticatedAt) };
};
