import { isMap, type Fields } from '../configuration/fields';

const text = (fields: unknown, key: string): string => {
  const value = isMap(fields) ? fields[key] : undefined;
  return typeof value === 'string' ? value : '';
};

const first = (list: unknown): unknown => (Array.isArray(list) ? list[0] : undefined);

/** Form-encodes a value so that it is also safe between single quotes in a shell. */
const encode = (value: string): string =>
  encodeURIComponent(value).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );

export interface WalkthroughTarget {
  readonly url: string;
  /** The address of the portal, if it is mounted. */
  readonly portalUrl: string | undefined;
  /** True if the gateway's certificate is self-signed. */
  readonly isSelfSigned: boolean;
  readonly options: Fields;
}

const isLoopback = (url: string): boolean => /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(new URL(url).hostname);

/** Skips the check of a self-signed certificate on the loopback only: nothing can intercept a connection there. */
const curlFor = ({ url, isSelfSigned }: WalkthroughTarget): string =>
  isSelfSigned && isLoopback(url) ? 'curl -k -s' : 'curl -s';

/**
 * Returns shell lines that demonstrate the default file: a token for `read` can read but not change, one for
 * `read update` can do both. The portal needs a browser, so it is a comment with the address.
 */
export const curlWalkthrough = (walk: WalkthroughTarget): string => {
  const { url, portalUrl, options } = walk;
  const curl = curlFor(walk);
  const user = first(options['users']);
  const application = first(options['applications']);
  const username = [text(user, 'username'), text(user, 'organization')].filter(Boolean).join('@');
  const client = `${encode(text(application, 'consumerKey'))}:${encode(text(application, 'consumerSecret'))}`;
  const form = `grant_type=password&username=${encode(username).replace(/%40/g, '@')}&password=${encode(text(user, 'password'))}`;

  const token = (scope: string): string => `${curl} -u '${client}' -d '${form}&scope=${scope}' ${url}/token`;
  const accessToken = (scope: string): string => `$(${token(scope)} | sed 's/.*"access_token":"\\([^"]*\\).*/\\1/')`;
  const call = (variable: string, rest: string): string =>
    `${curl} -w '\\n%{http_code}\\n' -H "Authorization: Bearer $${variable}" ${rest}`;
  const change = `-X PUT -H "Content-Type: application/json" -d '{"status":"shipped"}' ${url}/orders/1`;

  return [
    '',
    '# Paste these lines into another terminal. The response of the token endpoint:',
    token('read'),
    'echo',
    '# A token for read, and one for read and update:',
    `READ=${accessToken('read')}`,
    `UPDATE=${accessToken('read+update')}`,
    '# Reading requires the scope read: 200',
    call('READ', `${url}/orders`),
    '# Changing requires the scope update: 403 with the first token, 200 with the second',
    call('READ', change),
    call('UPDATE', change),
    ...(portalUrl === undefined
      ? []
      : [`# The portal, for a browser. Sign in as ${username} with ${text(user, 'password')}: ${portalUrl}`]),
    '',
  ].join('\n');
};
