import type { Auth } from 'scopegate';

/** Percent-encodes the UTF-8 bytes outside %x21-7E and the percent sign itself. */
export const encoded = (text: string): string =>
  text.replace(/[^\x21-\x24\x26-\x7E]+/g, (characters) =>
    [...Buffer.from(characters, 'utf8')].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(''),
  );

const made = new WeakMap<Auth, Readonly<Record<string, string>>>();

const headersOf = ({ subject, clientId, organization, scopes }: Auth): Readonly<Record<string, string>> => ({
  ...(subject === undefined ? {} : { 'X-Authenticated-Userid': encoded(subject) }),
  'X-Authenticated-Client': encoded(clientId),
  ...(organization === undefined ? {} : { 'X-Authenticated-Organization': encoded(organization) }),
  'X-Authenticated-Scope': scopes.map(encoded).join(' '),
});

/**
 * Returns the headers that identify the caller to the upstream; none on a public resource. Made once for each token that
 * the gate has cached: rights are frozen, and requests with the same token share them.
 */
export const identityHeaders = (auth: Auth | undefined): Readonly<Record<string, string>> => {
  if (auth === undefined) return {};
  const headers = made.get(auth) ?? headersOf(auth);
  made.set(auth, headers);
  return headers;
};
