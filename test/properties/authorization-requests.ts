import fc from 'fast-check';
import { FORM_TYPE } from '../support/tokens/token-requests';
import { anyBytes, body, fieldBytes, fragments } from './hostile-forms';
import { method } from './hostile-requests';
import type { WireRequest } from './kept-connection';

/** Markup that no page may contain as it was sent. */
export const MARKUP = `<i id=x>'"`;

/** The right values of an authorization request and of its forms, which stand in requests under these names in braces. */
export type Placeholders = Readonly<Record<'query' | 'transaction' | 'form_token' | 'offer', string>>;

const encodedMarkup = encodeURIComponent(MARKUP);

const PARAMETERS = [
  ...['client_id', 'redirect_uri', 'response_type', 'state', 'scope', 'code_challenge', 'code_challenge_method'],
  ...['prompt', 'max_age', 'login_hint', 'response_mode', 'resource', 'request', 'request_uri', 'iss', 'error', 'code'],
];

const FIELDS = ['transaction', 'form_token', 'offer', 'decision', 'username', 'password', 'scope read', '__proto__'];

const VALUES = [
  ...['', encodedMarkup, encodedMarkup.repeat(40), '%0d%0aSet-Cookie:%20a=b', '%00', '%', '__proto__', 'constructor'],
  ...['none', 'login', 'consent', 'none%20login', 'login+consent', 'form_post', 'query', 'fragment', 'code', 'token'],
  ...['0', '-1', '999999999', '1e9', 'S256', 'plain', 'read', 'read+update', 'unknown', 'allow', 'deny', 'on'],
  ...[
    'https://evil.example/',
    '//evil.example',
    'javascript:alert(1)',
    'data:text/html,x',
    'http://127.0.0.1:7/callback',
  ],
];

const value = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...VALUES) },
  { weight: 1, arbitrary: fragments },
  { weight: 1, arbitrary: anyBytes(30) },
);

const pairsOf = (names: readonly string[]): fc.Arbitrary<string> =>
  fc
    .array(fc.tuple(fc.constantFrom(...names), value), { maxLength: 3 })
    .map((pairs) => pairs.map(([name, text]) => `&${encodeURIComponent(name)}=${text}`).join(''));

const printable = (text: string): string => text.replaceAll(/[\s\0]/g, '');

/** The right query with pairs behind it, or something else. */
const anyQuery = fc.oneof(
  { weight: 6, arbitrary: pairsOf(PARAMETERS).map((pairs) => `{query}${pairs}`) },
  { weight: 2, arbitrary: pairsOf(PARAMETERS) },
  { weight: 1, arbitrary: pairsOf(FIELDS).map((pairs) => `transaction={transaction}${pairs}`) },
  { weight: 1, arbitrary: anyBytes(60) },
);

const RIGHT_FORM = 'transaction={transaction}&form_token={form_token}&offer={offer}';

const anyForm = fc.oneof(
  { weight: 4, arbitrary: pairsOf(FIELDS).map((pairs) => RIGHT_FORM + pairs) },
  { weight: 3, arbitrary: anyQuery },
  { weight: 2, arbitrary: body },
);

const anyPath = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.constantFrom(
      ...['/authorize', '/authorize', '/authorize/sign-in', '/authorize/decision', '/authorize/resume'],
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      ...[
        '/authorize/',
        '/authorize/assets/page.js',
        '/authorize/assets/__proto__',
        '/authorize/../token',
        '/AUTHORIZE',
      ],
      ...[
        '/authorize//',
        '/authorize/sign-in/',
        '//authorize',
        '/%61uthorize',
        '/authorize/%2e%2e/token',
        '/authorizer',
      ],
    ),
  },
);

const anyCookie = fc.oneof(
  { weight: 6, arbitrary: fc.constant('Cookie: {cookies}') },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      ...['Cookie: scopegate-authorize={cookies}', 'Cookie: {cookies}; {cookies}', 'Cookie: scopegate=s; __proto__=1'],
      `Cookie: scopegate=s${'A'.repeat(43)}; scopegate-authorize=v${'A'.repeat(43)}`,
    ),
  },
  { weight: 1, arbitrary: fieldBytes(60).map((text) => `Cookie: ${text}`) },
);

const otherLine = fc.oneof(
  fc.constantFrom(
    ...['Origin: https://evil.example', 'Origin: null', 'Sec-Fetch-Site: cross-site', 'Sec-Fetch-Site: same-origin'],
    ...['X-Forwarded-Host: evil.example', 'X-Forwarded-Proto: https', 'X-HTTP-Method-Override: POST'],
    ...[`Referer: https://evil.example/${encodedMarkup}`, 'Accept: application/json', 'Expect: 100-continue'],
    ...['Connection: close', 'Accept-Language: <i id=x>', `User-Agent: ${MARKUP}`],
  ),
  fc.tuple(fc.constantFrom('Origin', 'Referer', 'X-Forwarded-For'), fieldBytes(30)).map((parts) => parts.join(': ')),
);

const anyType = fc.oneof(
  { weight: 8, arbitrary: fc.constant(FORM_TYPE) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('Content-Type: application/json', 'Content-Type: multipart/form-data; boundary=x'),
  },
);

const chunks = fc.option(fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 5 }), { nil: undefined, freq: 6 });

/** Requests of all kinds to the authorization endpoint and its pages, with `{cookies}` and placeholders. */
export const anyAuthorizationRequest: fc.Arbitrary<WireRequest> = fc
  .record({
    method: fc.oneof({ weight: 3, arbitrary: fc.constant('GET') }, { weight: 3, arbitrary: method }),
    path: anyPath,
    query: anyQuery,
    form: anyForm,
    cookie: anyCookie,
    type: anyType,
    others: fc.array(otherLine, { maxLength: 2 }),
    lengths: chunks,
  })
  .map(({ method: name, path, query, form, cookie, type, others, lengths }) => {
    const isPost = name === 'POST';
    return {
      method: name,
      target: isPost ? path : printable(`${path}?${query}`),
      headers: [cookie, ...others, ...(isPost ? [type] : [])],
      body: isPost ? form : '',
      ...(isPost && lengths !== undefined ? { chunks: lengths } : {}),
    };
  });
