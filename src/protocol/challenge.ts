/** Formats a quoted-string (RFC 9110 §5.6.4). Drops characters outside printable ASCII: a header cannot carry them. */
const quoted = (text: string): string => `"${text.replace(/[^\x20-\x7E]/g, '').replace(/["\\]/g, '\\$&')}"`;

/** Parameters of a challenge, in the order in which they are printed. */
export interface ChallengeParameters {
  readonly realm: string;
  readonly charset?: 'UTF-8';
  readonly error?: string;
  readonly error_description?: string;
  readonly scope?: string;
}

const challenge = (scheme: string, parameters: ChallengeParameters): string => {
  const printed = Object.entries(parameters).map(([name, value]: [string, string]) => `${name}=${quoted(value)}`);
  return `${scheme} ${printed.join(', ')}`;
};

/** `WWW-Authenticate` of a protected resource (RFC 6750 §3). */
export const bearerChallenge = (parameters: ChallengeParameters): string => challenge('Bearer', parameters);

/** `WWW-Authenticate` of an endpoint that authenticates clients (RFC 6749 §5.2, RFC 7617 §2.1). */
export const basicChallenge = (realm: string): string => challenge('Basic', { realm, charset: 'UTF-8' });
