import { isLoopbackHost } from '../pages/origin';

/** Encodes one half of Basic credentials (RFC 6749 §2.3.1, appendix B). */
const encode = (text: string): string => encodeURIComponent(text).replaceAll('%20', '+');

export const basicHeader = (clientId: string, clientSecret: string): string =>
  `Authorization: Basic ${Buffer.from(`${encode(clientId)}:${encode(clientSecret)}`).toString('base64')}`;

/** The Basic header of a client whose secret is not known any more. */
export const BASIC_PLACEHOLDER = 'Authorization: Basic <base64 of consumer-key:consumer-secret>';

/** Quotes a text for a shell, in single quotes. */
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** Checks whether no public authority can have issued the server's certificate: https on a loopback address. */
const isSelfSigned = (address: string): boolean => {
  const { protocol, hostname } = new URL(address);
  return protocol === 'https:' && isLoopbackHost(hostname);
};

/** Parameters of a request. A placeholder, for the user to fill in, is printed as its name in angle brackets. */
interface PrintedRequest {
  readonly fields: Readonly<Record<string, string>>;
  readonly placeholders: readonly string[];
}

const printed = ({ fields, placeholders }: PrintedRequest): string =>
  [
    ...Object.entries(fields).map(([name, value]) => `${name}=${encode(value)}`),
    ...placeholders.map((name) => `${name}=<${name}>`),
  ].join('&');

/** Formats a token request as a shell command. @param header authenticates the client; absent for a public one */
const postCurl = (tokenUrl: string, request: PrintedRequest, header?: string): string =>
  [
    `curl${isSelfSigned(tokenUrl) ? ' -k' : ''} -d ${quoted(printed(request))}`,
    ...(header === undefined ? [] : [`     -H ${quoted(header)}`]),
    `     -H 'Content-Type: application/x-www-form-urlencoded' ${tokenUrl}`,
  ].join(' \\\n');

/** Formats the token request of the password grant. */
export const passwordCurl = (tokenUrl: string, header: string, username: string): string =>
  postCurl(tokenUrl, { fields: { grant_type: 'password', username }, placeholders: ['password', 'scope'] }, header);

/** A client that uses the authorization code. */
export interface CodeClient {
  readonly clientId: string;
  readonly redirectUri: string;
}

/** Formats the address to which an application sends the browser (RFC 6749 §4.1.1, RFC 7636 §4.3). */
export const authorizeAddress = (authorizeUrl: string, { clientId, redirectUri }: CodeClient): string =>
  `${authorizeUrl}?${printed({
    fields: {
      response_type: 'code',
      client_id: clientId,
      redirect_uri: redirectUri,
      code_challenge_method: 'S256',
    },
    placeholders: ['code_challenge', 'scope', 'state'],
  })}`;

/** Formats the token request that redeems the code (RFC 6749 §4.1.3, RFC 7636 §4.5). @param header as for `postCurl` */
export const codeCurl = (tokenUrl: string, { clientId, redirectUri }: CodeClient, header?: string): string =>
  postCurl(
    tokenUrl,
    {
      fields: {
        grant_type: 'authorization_code',
        ...(header === undefined ? { client_id: clientId } : {}),
        redirect_uri: redirectUri,
      },
      placeholders: ['code', 'code_verifier'],
    },
    header,
  );
