import fc from 'fast-check';
import { APPLICATION, JOHN } from '../support/gate/gate';
import { APPLICATION_HEADER, basicHeader, FORM_TYPE } from '../support/tokens/token-requests';
import { anyBytes, body, byte, fieldBytes, fragments, KNOWN_NAMES, ODD_NAMES } from './hostile-forms';
import type { WireRequest } from './kept-connection';

const base64 = (text: string): string => Buffer.from(text, 'latin1').toString('base64');

const credentialPiece = fc.oneof(fc.constantFrom(...APPLICATION, ':', '', JOHN[0]), fragments, anyBytes(10));

/** The value of an Authorization header. */
export const authorization: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    '',
    'Basic',
    'Bearer',
    'Basic ',
    'Bearer {access}',
    'Bearer {refresh}',
    'Basic {access}',
    'Digest a=b',
  ),
  fc.array(credentialPiece, { maxLength: 4 }).map((pieces) => `Basic ${base64(pieces.join(''))}`),
  fc
    .tuple(fc.constantFrom('basic ', 'BASIC  ', 'Basic\t', 'Bearer ', 'Basic,'), fieldBytes(40))
    .map((parts) => parts.join('')),
  fieldBytes(60),
  fc.nat({ max: 9_000 }).map((length) => `Basic ${'QUFB'.repeat(length / 4)}`),
);

const fieldName = fc.constantFrom('Authorization', 'authorization', 'AUTHORIZATION', 'Proxy-Authorization');

const authorizationLine = fc.oneof(
  { weight: 6, arbitrary: fc.constant(APPLICATION_HEADER) },
  { weight: 1, arbitrary: fc.constant(basicHeader(`${APPLICATION[0]}:wrong`)) },
  { weight: 5, arbitrary: fc.tuple(fieldName, authorization).map(([field, text]) => `${field}: ${text}`) },
);

/** None, one or more lines of credentials. */
export const authorizationLines = fc.oneof(
  { weight: 1, arbitrary: fc.constant<string[]>([]) },
  { weight: 8, arbitrary: fc.tuple(authorizationLine) },
  { weight: 1, arbitrary: fc.array(authorizationLine, { maxLength: 3 }) },
);

const contentTypeLines = fc.oneof(
  { weight: 18, arbitrary: fc.constant([FORM_TYPE]) },
  {
    weight: 3,
    arbitrary: fc
      .constantFrom(
        ...[
          '; charset=utf-8',
          '; charset=UTF-8;',
          '; charset=iso-8859-1',
          '; charset="utf-16"',
          ';;',
          ' ; a=b',
          ', a/b',
        ],
      )
      .map((behind) => [FORM_TYPE + behind]),
  },
  {
    weight: 2,
    arbitrary: fc
      .constantFrom('application/json', 'multipart/form-data; boundary=x', 'text/plain', 'application/xml', '', '*/*')
      .map((type) => [`Content-Type: ${type}`]),
  },
  { weight: 1, arbitrary: fieldBytes(40).map((type) => [`Content-Type: ${type}`]) },
  { weight: 1, arbitrary: fc.constantFrom([], [FORM_TYPE, FORM_TYPE], [FORM_TYPE, 'content-type: text/plain']) },
);

const otherLine = fc.oneof(
  fc.constantFrom(
    ...['Content-Encoding: gzip', 'Content-Encoding: identity', 'X-HTTP-Method-Override: POST', 'Expect: 100-continue'],
    ...[
      'Cookie: access_token={access}',
      'X-Forwarded-Proto: https',
      'X-Forwarded-Host: evil.test',
      'Connection: close',
    ],
    ...['X-Forwarded-For: 203.0.113.9', 'X-Forwarded-For: not an address', 'Accept: text/html', 'Range: bytes=0-1'],
  ),
  fc
    .tuple(fc.constantFrom('Accept', 'Cookie', 'Origin', 'User-Agent', 'X-Forwarded-For', '__proto__'), fieldBytes(30))
    .map(([field, text]) => `${field}: ${text}`),
);

const chunks = fc.option(fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 5 }), { nil: undefined, freq: 4 });

const withFraming = ({
  chunks: lengths,
  ...rest
}: Omit<WireRequest, 'chunks'> & { readonly chunks: readonly number[] | undefined }): WireRequest =>
  lengths === undefined ? rest : { ...rest, chunks: lengths };

/** A POST of any body by a client that has authenticated. */
export const postsOfAnyBody = (target: string): fc.Arbitrary<WireRequest> =>
  body.map((text) => ({ method: 'POST', target, headers: [FORM_TYPE, APPLICATION_HEADER], body: text }));

const METHODS = [
  'GET',
  'HEAD',
  'PUT',
  'PATCH',
  'DELETE',
  'OPTIONS',
  'TRACE',
  'PROPFIND',
  'MKCOL',
  'post',
  'FOO',
  'GE T',
];

/** Mostly what an endpoint takes. */
export const method = fc.oneof(
  { weight: 12, arbitrary: fc.constant('POST') },
  { weight: 2, arbitrary: fc.constantFrom(...METHODS) },
);

const targetByte = fc.oneof({ weight: 12, arbitrary: byte(0x21, 0x7e) }, { weight: 1, arbitrary: byte(0x80, 0xff) });

/** Texts that may follow a path. */
export const query = fc.oneof(
  { weight: 16, arbitrary: fc.constant('') },
  { weight: 1, arbitrary: fc.constantFrom('?', '??', '?a=b', '?access_token={access}', '?__proto__[x]=1', '#f', '?%') },
  {
    weight: 2,
    arbitrary: fc
      .tuple(
        fc.constantFrom(...KNOWN_NAMES, ...ODD_NAMES),
        fc.constantFrom('=', ''),
        fc.string({ unit: targetByte, maxLength: 8 }),
      )
      .map((parts) => `?${parts.join('')}`.replace(/[\s\0]/g, '')),
  },
);

const PATH_PIECES = [
  ...['/', '/', '/', '.', '..', '%', '%2', '%2e', '%2F', '%5c', '%25', '%3b', '\\', ';', '#', '?', '%c3%a9', '%c0%af'],
  ...[
    '1',
    '2',
    'lines',
    'special',
    'health',
    'caf%C3%A9',
    'orders',
    'api',
    'admin',
    'a',
    'Z',
    '@',
    ':',
    '!',
    '%20',
    '%00',
  ],
  ...['\xe9', '\xff', 'http:', '//h', '__proto__', 'constructor', '*', '%61', '%40', ':id', '~', '%7e', '[', ']'],
];

const WHOLE_TARGETS = [
  ...['/api', '/api/', '/api/1', '/api/special', '/api/health', '/api/1/lines/2', '/api/caf%c3%a9', '/api/caf%C3%A9'],
  ...['/orders', '/orders/1', '/admin', '/both', '/either', '/me', '/map', '/map/x', '/token', '/API/1', '/ORDERS/'],
];

/** Targets of all kinds, at places that are guarded most of all. */
export const anyTarget: fc.Arbitrary<string> = fc
  .tuple(
    fc.oneof(
      { weight: 2, arbitrary: fc.constantFrom(...WHOLE_TARGETS) },
      {
        weight: 3,
        arbitrary: fc
          .tuple(
            fc.constantFrom(
              '/api/',
              '/api/',
              '/api',
              '/api/1/lines',
              '/orders/',
              '/map',
              '/',
              '//',
              '/API/',
              'http://gateway/api/',
            ),
            fc.array(fc.constantFrom(...PATH_PIECES), { maxLength: 5 }),
          )
          .map(([start, pieces]) => start + pieces.join('')),
      },
    ),
    query,
  )
  .map((parts) => parts.join(''));

/** Requests to an endpoint of which nothing needs to be right. */
export const anyRequestsTo = (path: string): fc.Arbitrary<WireRequest> => {
  const spelling = fc.oneof(
    { weight: 20, arbitrary: fc.constant(path) },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        ...[`${path}/`, `/${path}`, path.toUpperCase(), `http://gateway${path}`, '*', '/', `${path}%00`, `${path};a=b`],
        ...[path.replace(/.$/, (last) => `%${last.charCodeAt(0).toString(16)}`), `/x/..${path}`, `${path}\\`],
      ),
    },
    { weight: 1, arbitrary: fc.string({ unit: targetByte, maxLength: 20 }).map((text) => `/${text}`) },
  );
  return fc
    .record({
      method,
      target: fc.tuple(spelling, query).map((parts) => parts.join('')),
      headers: fc
        .tuple(contentTypeLines, authorizationLines, fc.array(otherLine, { maxLength: 2 }))
        .map((lines) => lines.flat()),
      body,
      chunks,
    })
    .map(withFraming);
};
