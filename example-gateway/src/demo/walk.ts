import { isMap, type Fields } from '../configuration/fields';
import type { DemoPages } from './pages';
import { curlFor, encode, type CalledGateway } from './shell';

const text = (fields: unknown, key: string): string => {
  const value = isMap(fields) ? fields[key] : undefined;
  return typeof value === 'string' ? value : '';
};

const first = (list: unknown): unknown => (Array.isArray(list) ? list[0] : undefined);

export interface WalkthroughTarget extends CalledGateway {
  /** The address of the portal, if it is mounted. */
  readonly portalUrl: string | undefined;
  /** The pages of the code flow, if they are served. */
  readonly pages: Pick<DemoPages, 'url' | 'authorizeUrl'> | undefined;
  readonly options: Fields;
}

/** Returns comments with the addresses to open in a browser. */
const browserLines = ({ portalUrl, pages }: WalkthroughTarget, credentials: string): readonly string[] => [
  ...(pages === undefined
    ? []
    : [
        `# The authorization code flow, for a browser. Sign in as ${credentials}. The page after Allow shows how to get a token:`,
        `#   ${pages.authorizeUrl}`,
        `# A single-page application that signs in by the same flow and calls the API: ${pages.url}`,
      ]),
  ...(portalUrl === undefined ? [] : [`# The portal, for a browser. Sign in as ${credentials}: ${portalUrl}`]),
];

/**
 * Returns shell lines that demonstrate the default file: a token for `read` can read but not change, one for
 * `read update` can do both. What needs a browser is a comment with the address.
 */
export const curlWalkthrough = (walk: WalkthroughTarget): string => {
  const { url, options } = walk;
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
    ...browserLines(walk, `${username} with ${text(user, 'password')}`),
    '',
  ].join('\n');
};
