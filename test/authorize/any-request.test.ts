import fc from 'fast-check';
import { CodeBrowser } from '../support/authorize/code-browser';
import { aCodeClient, authorizeQuery, CALLBACK, type CodeClient } from '../support/authorize/code-client';
import { rawRequest, sendRaw, valuesOf } from '../support/http/raw-http';
import { ANA, servePortal, type ServedPortal } from '../support/portal/served-portal';
import { wellFormedText } from '../support/properties/any-text';
import { assertProperty } from '../support/properties/property-runs';

const NATIVE = 'http://127.0.0.1/callback';
const REGISTERED = [CALLBACK, NATIVE, 'com.example.app:/callback'];

let portal: ServedPortal;
let client: CodeClient;
let signedIn: CodeBrowser;

beforeAll(async () => {
  portal = await servePortal({ limits: { authorizationsPerNetwork: false } });
  client = await aCodeClient(portal, { redirectUris: REGISTERED });
  signedIn = new CodeBrowser(portal);
  await signedIn.authorize(client, ANA);
});

/** A target as it is on the wire: any byte but those that end it or a line. */
const wireBytes = fc
  .uint8Array({ maxLength: 60 })
  .map((bytes) => Buffer.from(bytes.filter((byte) => ![0x0a, 0x0d, 0x20].includes(byte))).toString('latin1'));

const hostileValue = fc.oneof(
  wireBytes,
  wellFormedText({ maxLength: 40 }).map(encodeURIComponent),
  fc.constantFrom(
    ...['https://evil.example/', '//evil.example', `${CALLBACK}@evil.example`, `${CALLBACK}%0d%0aA:%20b`],
    ...['javascript:alert(1)', 'http://127.0.0.1.evil.example/callback', 'http://127.0.0.1:1@evil.example/callback'],
    ...['none', 'login', 'form_post', 'code', 'S256', '__proto__', NATIVE.replace('/callback', ':7/callback')],
  ),
);

const name = fc.constantFrom(
  ...['client_id', 'redirect_uri', 'response_type', 'state', 'scope', 'code_challenge', 'code_challenge_method'],
  ...['prompt', 'max_age', 'login_hint', 'response_mode', 'resource', 'request', 'iss', 'error', 'code', '%73tate'],
);

/** A right query in which pairs are added, replaced or removed, or that is followed by any bytes. */
const hostileQuery = fc
  .tuple(
    fc.constantFrom(...REGISTERED, NATIVE.replace('/callback', ':50123/callback')),
    fc.array(fc.tuple(fc.constantFrom('add', 'replace', 'remove'), name, hostileValue), { maxLength: 4 }),
    fc.option(wireBytes, { nil: '' }),
  )
  .map(([redirectUri, changes, rest]) => {
    let pairs = authorizeQuery({ clientId: client.clientId, redirectUri }).split('&');
    for (const [kind, changed, value] of changes) {
      if (kind !== 'add') pairs = pairs.filter((pair) => !pair.startsWith(`${changed}=`));
      if (kind !== 'remove') pairs.push(`${changed}=${value}`);
    }
    return pairs.join('&') + rest;
  });

/** Checks that a browser is sent to a registered address, with the issuer, or to a page of the endpoint. */
const expectSafe = (location: string): void => {
  expect(location).toMatch(/^[\x21-\x7E]+$/);
  if (location.startsWith('/authorize?')) return;
  const base = location.split('?')[0] ?? '';
  expect(REGISTERED).toContain(base.replace(/^http:\/\/127\.0\.0\.1:\d{1,5}\//, 'http://127.0.0.1/'));
  const parameters = new URL(location).searchParams;
  expect(parameters.getAll('iss')).toEqual([portal.url]);
  expect(parameters.getAll('code').length + parameters.getAll('error').length).toBe(1);
};

const STATUSES = [200, 303, 400, 403, 404, 405];

it('S-147 S-148 S-155 no request sends a browser to an address that is not registered, or fails unexpectedly', async () => {
  const port = Number(new URL(portal.url).port);
  const cookie = [...signedIn.cookies].map(([cookieName, value]) => `${cookieName}=${value}`).join('; ');
  const property = fc.asyncProperty(
    hostileQuery,
    fc.constantFrom('GET', 'POST'),
    fc.boolean(),
    async (query, method, isSignedIn) => {
      const isPost = method === 'POST';
      const response = await sendRaw(
        port,
        rawRequest(
          [
            `${method} /authorize${isPost ? '' : `?${query}`} HTTP/1.1`,
            'Host: gateway',
            'Connection: close',
            ...(isSignedIn ? [`Cookie: ${cookie}`] : []),
            ...(isPost
              ? [
                  'Content-Type: application/x-www-form-urlencoded',
                  `Content-Length: ${Buffer.byteLength(query, 'latin1')}`,
                ]
              : []),
          ],
          isPost ? Buffer.from(query, 'latin1') : '',
        ),
      );
      expect(STATUSES).toContain(response.status);
      const locations = valuesOf(response, 'location');
      expect(locations).toHaveLength(response.status === 303 ? 1 : 0);
      for (const location of locations) expectSafe(location);
      if (valuesOf(response, 'content-type').length > 0)
        expect(valuesOf(response, 'cache-control')).toEqual(['no-store']);
      expect(response.body).not.toContain('undefined');
    },
  );
  await assertProperty(property, { numRuns: 300 });
  expect(portal.lines.filter(({ level }) => level === 'error')).toEqual([]);
});
