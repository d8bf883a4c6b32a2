import { valuesOf } from '../../test/support/http/raw-http';
import { faultsWith } from './support/faults';
import { aGateway, anApi, type TestGateway } from './support/gateway';
import { anUpstream, echoUpstream, type EchoUpstream } from './support/upstream';

const NAMES = [
  'X-JWT-Assertion',
  'X-Original-URI',
  'X-Original-URL',
  'X-Original-Host',
  'X-Original-Method',
  'X-Original-For',
  'X-Rewrite-URL',
  'X-Host',
  'Client-IP',
  'X-Client-IP',
  'True-Client-IP',
  'CF-Connecting-IP',
  'CF-Connecting-IPv6',
  'X-Cluster-Client-IP',
  'X-Real-IP',
  'X-Remote-User',
  'Remote-User',
  'Remote-Groups',
  'X-Consumer-ID',
  'X-Consumer-Username',
  'X-Consumer-Custom-Id',
  'X-Credential-Identifier',
  'eg-consumer-id',
  'X-Auth-Request-User',
  'X-Auth-Request-Email',
  'X-Auth-Request-Access-Token',
  'SSL-Client-Cert',
  'SSL-Client-Subject-DN',
  'X-SSL-Client-CN',
  'X-ARR-ClientCert',
  'X-MS-Client-Principal',
  'X-MS-Client-Principal-Name',
  'X-MS-Token-AAD-Id-Token',
  'X-Envoy-Original-Path',
  'X-Forwarded-User',
  'X-Forwarded-Email',
  'X-Forwarded-Groups',
  'X-Forwarded-Access-Token',
  'X-Forwarded-Preferred-Username',
  'X-Forwarded-Client-Cert',
  'X-Webauth-User',
  'X-Amzn-Oidc-Identity',
  'X-Amzn-Oidc-Data',
  'X-Goog-Authenticated-User-Email',
  'X-Goog-IAP-JWT-Assertion',
  'Cf-Access-Jwt-Assertion',
  'Cf-Access-Authenticated-User-Email',
  'X-Pomerium-Jwt-Assertion',
  'X-authentik-username',
  'X-Vouch-User',
  'Tailscale-User-Login',
  'OIDC-CLAIM-sub',
  'SM_USER',
  'iv-user',
  'Client-Cert',
  'X-Userinfo',
  'X-HTTP-Method-Override',
  'X-Middleware-Subrequest',
];

const underscored = (name: string): string => name.replaceAll('-', '_').toUpperCase();

describe('request headers', () => {
  let upstream: EchoUpstream;
  let gateway: TestGateway;

  beforeAll(async () => {
    upstream = await echoUpstream();
    const headers = { strip: ['X-Team-Id', 'X-Shop-*'] };
    gateway = await aGateway({ upstream: upstream.url, keys: { headers } });
  });

  const namesSeen = async (lines: readonly string[]): Promise<readonly string[]> => {
    expect((await gateway.send(['GET /orders/health HTTP/1.1', ...lines])).status).toBe(200);
    return (upstream.seen.at(-1)?.headers ?? []).filter(([, value]) => value.includes('evil')).map(([name]) => name);
  };

  it.each(NAMES)('do not reach an upstream if other proxies use them for identity or routing: %s', async (name) => {
    const spellings = [name, name.toLowerCase(), underscored(name), name.replaceAll('-', '.')];
    expect(await namesSeen(spellings.map((spelling) => `${spelling}: evil`))).toEqual([]);
  });

  it('do not reach an upstream if the operator lists them, in addition to the built-in list', async () => {
    const lines = ['X-Team-Id: evil', 'x_team_id: evil', 'X-Shop-Owner: evil', 'X_SHOP: evil', 'X-Remote-User: evil'];
    expect(await namesSeen(lines)).toEqual([]);
  });

  it('reach the upstream if they are ordinary', async () => {
    const ordinary = [
      'X-Request-Id',
      'X-Team',
      'X-Api-Key',
      'X-User-Agent',
      'traceparent',
      'X-Client-Version',
      'X-Auth-Token',
    ];
    const seen = await namesSeen(ordinary.map((name) => `${name}: not-evil`));
    expect(seen.map((name) => name.toLowerCase()).sort()).toEqual(ordinary.map((name) => name.toLowerCase()).sort());
  });

  it.each([
    [{ strip: ['X Team'] }, 'headers.strip[0]'],
    [{ strip: ['X-Team:'] }, 'headers.strip[0]'],
    [{ strip: ['X-Ok', ''] }, 'headers.strip[1]'],
    [{ strip: ['*'] }, 'headers.strip[0]'],
    [{ strip: ['X-*-Id'] }, 'headers.strip[0]'],
    [{ strip: ['-_-'] }, 'headers.strip[0]'],
    [{ strip: ['X-Ümlaut'] }, 'headers.strip[0]'],
  ])('can only be listed by valid names: %j', async (headers, key) => {
    expect(await faultsWith({ headers })).toEqual([
      `${key}: must be a header name, such as X-Team-Id; X-Team-* matches all names with that prefix`,
    ]);
  });

  it('can only be listed as texts', async () => {
    expect(await faultsWith({ headers: { strip: [7] } })).toEqual([
      expect.stringMatching(/^headers\.strip\[0\]: must be a header name, .* put it in quotes$/),
    ]);
  });

  it('can only be given as a list', async () => {
    expect(await faultsWith({ headers: { strip: 'X-Team-Id' } })).toEqual([
      'headers.strip: must be a list of header names, such as [X-Team-Id]',
    ]);
    expect(await faultsWith({ headers: { stripp: [] } })).toEqual([
      'headers.stripp: is unknown; did you mean "strip"?',
    ]);
  });

  it.each([
    '=scopegate=s1',
    '= scopegate=s1',
    '==scopegate=s1',
    ' = scopegate = s1',
    '=__Host-scopegate=s1',
    '=\tscopegate=s1',
    '=scopegate-authorize=s1',
  ])("S-265 do not reach an upstream with the portal's cookie under an empty name: %s", async (cookie) => {
    await gateway.send(['GET /orders/health HTTP/1.1', `Cookie: theme=dark; ${cookie}`]);
    expect(upstream.seen.at(-1)?.headers).toContainEqual(['cookie', 'theme=dark']);
  });
});

describe('response headers of an upstream', () => {
  const answerWith = async (headers: Readonly<Record<string, string | string[]>>, line = 'GET /orders HTTP/1.1') => {
    const upstream = await anUpstream((_request, response) => {
      response.writeHead(200, headers).end('x');
    });
    const gateway = await aGateway({ upstream: upstream.url, keys: { apis: { orders: anApi(upstream.url) } } });
    const token = await gateway.token('read');
    return gateway.send([line], { token });
  };

  it.each([
    '=scopegate=s1; Path=/',
    '= scopegate=s1',
    '==scopegate=s1',
    ' =__Host-scopegate=s1',
    '=\tscopegate=s1',
    'scopegate-authorize=s1',
    '__Host-scopegate-authorize=s1',
    'scopegate-language=de',
    '__Host-scopegate-language=de',
  ])("S-274 cannot set a cookie that a browser sends as the portal's: %s", async (cookie) => {
    const answer = await answerWith({ 'Set-Cookie': [cookie, 'theme=dark', '=nameless'] });
    expect(valuesOf(answer, 'set-cookie')).toEqual(['theme=dark', '=nameless']);
  });

  it.each([
    ['"cookies"', []],
    ['"*"', []],
    ['"storage", "executionContexts"', []],
    ['"cache", "cookies", "storage"', ['"cache"']],
    ['"cache"', ['"cache"']],
    ['garbage', []],
  ])('S-274 cannot sign a user out of the portal: Clear-Site-Data: %s', async (value, left) => {
    expect(valuesOf(await answerWith({ 'Clear-Site-Data': value }), 'clear-site-data')).toEqual(left);
  });

  it('S-274 cannot set a policy for the whole host', async () => {
    const answer = await answerWith({
      'Strict-Transport-Security': 'max-age=0',
      'Alt-Svc': 'h3="evil.test:443"',
      'Public-Key-Pins': 'x',
      NEL: '{}',
      'Report-To': '{}',
      'Service-Worker-Allowed': '/',
      'X-Own': '1',
    });
    const names = answer.headers.map(([name]) => name.toLowerCase());
    for (const name of [
      'strict-transport-security',
      'alt-svc',
      'public-key-pins',
      'nel',
      'report-to',
      'service-worker-allowed',
    ]) {
      expect(names).not.toContain(name);
    }
    expect(names).toContain('x-own');
  });

  it.each([
    ['public, max-age=60', 'private, max-age=60'],
    ['max-age=60, s-maxage=600', 'private, max-age=60'],
    ['max-age=60, must-revalidate', 'private, max-age=60, must-revalidate'],
    ['PUBLIC , Max-Age=60', 'private, Max-Age=60'],
    ['public, private="set-cookie, x"', 'private'],
    ['public, no-cache="a, public"', 'private, no-cache="a, public"'],
    ['private, s-maxage=60', 'private'],
    ['max-age=60', 'max-age=60'],
    ['no-store', 'no-store'],
    ['private', 'private'],
    ['no-cache="public, s-maxage=1"', 'no-cache="public, s-maxage=1"'],
  ])('cannot let a shared cache store a guarded response: Cache-Control: %s', async (value, expected) => {
    const answer = await answerWith({ 'Cache-Control': value });
    expect(valuesOf(answer, 'cache-control')).toEqual([expected]);
    expect(valuesOf(answer, 'vary')).toEqual(['Authorization']);
  });

  it('cannot let a shared cache store a guarded response through headers for shared caches alone', async () => {
    const answer = await answerWith({
      'CDN-Cache-Control': 'public, max-age=60',
      'Cloudflare-CDN-Cache-Control': 'max-age=60',
      'Surrogate-Control': 'max-age=60',
      'X-Accel-Expires': '60',
    });
    const names = answer.headers.map(([name]) => name.toLowerCase());
    expect(names.filter((name) => /cache-control|surrogate|accel/.test(name))).toEqual([]);
  });

  it.each([
    ['Accept-Encoding', ['Accept-Encoding', 'Authorization']],
    ['accept, authorization', ['accept, authorization']],
    ['*', ['*']],
  ])('make a guarded response vary by its token: Vary: %s', async (value, expected) => {
    expect(valuesOf(await answerWith({ Vary: value }), 'vary')).toEqual(expected);
  });

  it('leave a public response cacheable for all', async () => {
    const headers = { 'Cache-Control': 'public, s-maxage=60', 'CDN-Cache-Control': 'max-age=60' };
    const answer = await answerWith(headers, 'GET /orders/health HTTP/1.1');
    expect(valuesOf(answer, 'cache-control')).toEqual(['public, s-maxage=60']);
    expect(valuesOf(answer, 'cdn-cache-control')).toEqual(['max-age=60']);
    expect(valuesOf(answer, 'vary')).toEqual([]);
  });
});

describe('a WebSocket upgrade request', () => {
  it.each(['websocket', 'WebSocket', 'h2c, websocket', 'websocket/13'])(
    'is answered 501 behind the guard and never passed on as a GET: Upgrade: %s',
    async (protocol) => {
      const upstream = await echoUpstream();
      const gateway = await aGateway({ upstream: upstream.url });
      const lines = [
        'GET /orders HTTP/1.1',
        'Connection: Upgrade',
        `Upgrade: ${protocol}`,
        'Sec-WebSocket-Version: 13',
      ];
      expect((await gateway.send(lines)).status).toBe(401);
      const answer = await gateway.send(lines, { token: await gateway.token('read') });
      expect(answer.status).toBe(501);
      expect(JSON.parse(answer.body)).toEqual({
        error: 'not_implemented',
        error_description: 'This API does not accept WebSocket connections.',
      });
      expect(upstream.seen).toEqual([]);
    },
  );

  it('is treated as a plain request if it names another protocol, and Upgrade is removed', async () => {
    const upstream = await echoUpstream();
    const gateway = await aGateway({ upstream: upstream.url });
    const lines = ['GET /orders/health HTTP/1.1', 'Connection: Upgrade', 'Upgrade: h2c'];
    expect((await gateway.send(lines)).status).toBe(200);
  });
});
