import type { Auth } from 'scopegate';

/** Percent-encodes the UTF-8 bytes outside %x21-7E and the percent sign itself. */
export const encoded = (text: string): string =>
  text.replace(/[^\x21-\x24\x26-\x7E]+/g, (characters) =>
    [...Buffer.from(characters, 'utf8')].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(''),
  );

/** Returns the headers that identify the caller to the upstream; none on a public resource. */
export const identityHeaders = (auth: Auth | undefined): Readonly<Record<string, string>> => {
  if (auth === undefined) return {};
  const { subject, clientId, organization, scopes } = auth;
  return {
    ...(subject === undefined ? {} : { 'X-Authenticated-Userid': encoded(subject) }),
    'X-Authenticated-Client': encoded(clientId),
    ...(organization === undefined ? {} : { 'X-Authenticated-Organization': encoded(organization) }),
    'X-Authenticated-Scope': scopes.map(encoded).join(' '),
  };
};
