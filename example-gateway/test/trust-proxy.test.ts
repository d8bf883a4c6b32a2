import { valuesOf } from '../../test/support/http/raw-http';
import { faultsWith, read } from './support/faults';
import {
  aConfiguration,
  aGateway,
  APPLICATION,
  JOHN,
  signInForm,
  type GatewayOptions,
  type TestGateway,
} from './support/gateway';
import { echoUpstream } from './support/upstream';

const ISSUER = 'https://api.example.com';

const form = new URLSearchParams(signInForm('read', JOHN)).toString();
const basic = Buffer.from(`${APPLICATION.consumerKey}:${APPLICATION.consumerSecret}`).toString('base64');

/** The answer to a right sign-in that has these header lines besides. */
const signIn = (gateway: TestGateway, lines: readonly string[], body = form) =>
  gateway.send(
    [
      'POST /token HTTP/1.1',
      `Authorization: Basic ${basic}`,
      'Content-Type: application/x-www-form-urlencoded',
      ...lines,
    ],
    { body },
  );

const warnings = ({ lines }: TestGateway) => lines.filter(({ msg }) => /forwarded-for|trust ?proxy/i.test(msg));

describe('the option trustProxy', () => {
  it.each([
    [undefined, false],
    [false, false],
    [true, true],
    [0, false],
    [1, 1],
    [3, 3],
    ['loopback', ['loopback']],
    ['loopback, 10.0.0.0/8', ['loopback', '10.0.0.0/8']],
    ['10.0.0.0/255.0.0.0', ['10.0.0.0/255.0.0.0']],
    ['2001:db8::/32', ['2001:db8::/32']],
    [
      ['uniquelocal', '192.0.2.7'],
      ['uniquelocal', '192.0.2.7'],
    ],
  ])("takes Express's values: %j", (trustProxy, expected) => {
    expect(read(JSON.stringify(aConfiguration({ trustProxy }))).trustProxy).toEqual(expected);
  });

  it.each([
    ['1', 1],
    ['true', true],
    ['loopback', ['loopback']],
  ])('takes a variable that is %s', (value, expected) => {
    expect(read(JSON.stringify(aConfiguration({ trustProxy: '${HOPS}' })), { HOPS: value }).trustProxy).toEqual(
      expected,
    );
  });

  const RULE =
    "must be the number of proxies in front (0 to 32), true or false, or the proxies' addresses, such as loopback or 10.0.0.0/8, separated by commas or as a list";
  const ADDRESS_RULE = 'must be loopback, linklocal, uniquelocal, an IP address, or a network such as 10.0.0.0/8';

  it.each([
    [-1, `trustProxy: ${RULE}`],
    [1.5, `trustProxy: ${RULE}`],
    [33, `trustProxy: ${RULE}`],
    ['', `trustProxy: ${RULE}`],
    ['1', `trustProxy: ${RULE}`],
    ['true', `trustProxy: ${RULE}`],
    [{}, `trustProxy: ${RULE}`],
    [[], `trustProxy: ${RULE}`],
    ['proxy.internal', `trustProxy: ${ADDRESS_RULE}`],
    ['loopback 10.0.0.1', `trustProxy: ${ADDRESS_RULE}`],
    ['10.0', `trustProxy: ${ADDRESS_RULE}`],
    ['0x1', `trustProxy: ${ADDRESS_RULE}`],
    ['10.0.0.0/33', `trustProxy: ${ADDRESS_RULE}`],
    ['10.0.0.0/0.255.0.0', `trustProxy: ${ADDRESS_RULE}`],
    ['::1/129', `trustProxy: ${ADDRESS_RULE}`],
    [['loopback', 1], `trustProxy[1]: ${ADDRESS_RULE}`],
    [['loopback', 'nope'], `trustProxy[1]: ${ADDRESS_RULE}`],
  ])('has a fault when it is %j', async (trustProxy, message) => {
    expect(await faultsWith({ trustProxy })).toEqual([message]);
  });
});

describe('a gateway behind a trusted proxy', () => {
  const behind = (options: GatewayOptions = {}) =>
    aGateway({ ...options, keys: { issuer: ISSUER, trustProxy: 1, ...options.keys } });

  it('serves requests that reached the proxy over https, and refuses those over http', async () => {
    const gateway = await behind();
    const from = ['X-Forwarded-For: 203.0.113.9'];
    expect((await signIn(gateway, [...from, 'X-Forwarded-Proto: https'])).status).toBe(200);
    expect((await signIn(gateway, [...from, 'X-Forwarded-Proto: http'])).status).toBe(400);
    expect((await signIn(gateway, from)).status).toBe(400);
    expect((await signIn(gateway, ['X-Forwarded-Proto: http'])).status).toBe(400);
    expect((await signIn(gateway, [])).status).toBe(200);
    expect(warnings(gateway).filter(({ level }) => level === 40)).toEqual([]);
  });

  it('throttles clients by their own addresses', async () => {
    const gateway = await behind({
      keys: { throttle: { clientAndAddress: { failures: 2 }, address: { failures: 3 } } },
    });
    const wrong = new URLSearchParams({ ...signInForm('read', JOHN), password: 'wrong' }).toString();
    const https = 'X-Forwarded-Proto: https';
    for (let count = 0; count < 4; count += 1) await signIn(gateway, [https, 'X-Forwarded-For: 203.0.113.9'], wrong);
    expect((await signIn(gateway, [https, 'X-Forwarded-For: 203.0.113.9'])).status).toBe(429);
    expect((await signIn(gateway, [https, 'X-Forwarded-For: 198.51.100.7'])).status).toBe(200);
    // Anything before the trusted part is the client's own claim.
    expect((await signIn(gateway, [https, 'X-Forwarded-For: 198.51.100.8, 203.0.113.9'])).status).toBe(429);
  });

  const seenBy = async (keys: Readonly<Record<string, unknown>>, lines: readonly string[]) => {
    const upstream = await echoUpstream();
    const gateway = await aGateway({ upstream: upstream.url, keys });
    expect((await gateway.send(['GET /orders/health HTTP/1.1', ...lines])).status).toBe(200);
    const headers = Object.fromEntries(upstream.only().headers.map(([name, value]) => [name.toLowerCase(), value]));
    return { headers, port: gateway.port };
  };

  it.each([
    [1, '203.0.113.9', '203.0.113.9, 127.0.0.1'],
    [1, '6.6.6.6, 203.0.113.9', '203.0.113.9, 127.0.0.1'],
    [2, '6.6.6.6, 203.0.113.9, 10.0.0.5', '203.0.113.9, 10.0.0.5, 127.0.0.1'],
    [true, '6.6.6.6, 203.0.113.9', '6.6.6.6, 203.0.113.9, 127.0.0.1'],
    ['loopback, 10.0.0.0/8', '6.6.6.6, 203.0.113.9, 10.0.0.5', '203.0.113.9, 10.0.0.5, 127.0.0.1'],
    ['loopback', '203.0.113.9, 10.0.0.5', '10.0.0.5, 127.0.0.1'],
    ['10.0.0.0/8', '6.6.6.6', '127.0.0.1'],
    [false, '6.6.6.6', '127.0.0.1'],
    [1, '203.0.113.9:4711', '203.0.113.9:4711, 127.0.0.1'],
    [1, '2001:db8::9', '2001:db8::9, 127.0.0.1'],
    [1, '"x, y" evil', 'unknown, 127.0.0.1'],
  ])(
    'S-278 forwards the trusted part of X-Forwarded-For, client first: trustProxy %j, %s',
    async (trustProxy, sent, expected) => {
      const { headers } = await seenBy({ trustProxy }, [`X-Forwarded-For: ${sent}`, 'X-Forwarded-Port: 1']);
      expect(headers['x-forwarded-for']).toBe(expected);
      expect(headers).not.toHaveProperty('x-forwarded-port');
    },
  );

  it('S-278 sends the same values in Forwarded as in X-Forwarded-*', async () => {
    const lines = [
      'X-Forwarded-For: 2001:db8::9, 10.0.0.5',
      'X-Forwarded-Proto: https',
      'X-Forwarded-Host: shop.example.com',
    ];
    const { headers } = await seenBy({ trustProxy: 2, issuer: ISSUER }, lines);
    expect(headers).toMatchObject({
      forwarded: 'for="[2001:db8::9]";proto=https;host="shop.example.com", for=10.0.0.5, for=127.0.0.1',
      'x-forwarded-for': '2001:db8::9, 10.0.0.5, 127.0.0.1',
      'x-forwarded-proto': 'https',
      'x-forwarded-host': 'shop.example.com',
    });
  });

  it.each(['gopher', 'https"; evil', 'HTTPS'])(
    'S-278 forwards http in place of an invalid scheme: %s',
    async (scheme) => {
      const { headers } = await seenBy({ trustProxy: 1 }, [`X-Forwarded-Proto: ${scheme}`]);
      expect(headers['x-forwarded-proto']).toBe('http');
      expect(headers['forwarded']).not.toContain('evil');
    },
  );

  it.each(['evil"host', 'a b', 'user@host', 'a/b'])('S-278 does not forward an invalid host: %s', async (host) => {
    const { headers } = await seenBy({ trustProxy: 1, issuer: ISSUER }, [`X-Forwarded-Host: ${host}`]);
    expect(headers['x-forwarded-host']).toBe('api.example.com');
  });

  it.each([
    ['api.example.com', { issuer: ISSUER }, 'api.example.com'],
    ['API.example.com', { issuer: ISSUER }, 'api.example.com'],
    ['api.example.com:443', { issuer: ISSUER }, 'api.example.com'],
    ['evil.example', { issuer: ISSUER }, 'api.example.com'],
    ['api.example.com:8443', { issuer: ISSUER }, 'api.example.com'],
    ['evil.example', { issuer: ISSUER, trustProxy: '10.0.0.0/8' }, 'api.example.com'],
    ['evil.example', {}, expect.stringMatching(/^127\.0\.0\.1:\d+$/)],
  ])(
    "S-278 forwards one of the gateway's own hosts, whichever host a client sends: %s, %j",
    async (host, keys, expected) => {
      const { headers } = await seenBy(keys, [`Host: ${host}`, 'X-Forwarded-Host: evil.example']);
      expect(headers['x-forwarded-host']).toEqual(expected);
    },
  );

  it('S-278 forwards the listening host when the client used it', async () => {
    const upstream = await echoUpstream();
    const gateway = await aGateway({ upstream: upstream.url, keys: { issuer: ISSUER } });
    for (const host of [`127.0.0.1:${gateway.port}`, `localhost:${gateway.port}`]) {
      await gateway.send(['GET /orders/health HTTP/1.1', `Host: ${host}`]);
      expect(upstream.seen.at(-1)?.headers).toContainEqual(['x-forwarded-host', host]);
    }
  });

  it('sends Strict-Transport-Security when the client used https', async () => {
    const gateway = await behind({ keys: { portal: '/store' } });
    const https = ['X-Forwarded-For: 203.0.113.9', 'X-Forwarded-Proto: https'];
    for (const line of [
      'GET /orders HTTP/1.1',
      'GET /health/live HTTP/1.1',
      'GET /store/sign-in HTTP/1.1',
      'GET /no HTTP/1.1',
      'GET //x HTTP/1.1',
    ]) {
      expect(valuesOf(await gateway.send([line, ...https]), 'strict-transport-security')).toEqual(['max-age=31536000']);
      expect(valuesOf(await gateway.send([line]), 'strict-transport-security')).toEqual([]);
    }
  });
});

describe('a gateway behind a proxy that is not configured', () => {
  it.each([
    'X-Forwarded-For: 203.0.113.9',
    'X-Forwarded-Proto: https',
    'Forwarded: for=203.0.113.9',
    'X-Forwarded-Host: a',
    'X-Real-IP: 203.0.113.9',
  ])('warns once, with the remedy, and does not exempt the loopback from https: %s', async (line) => {
    const gateway = await aGateway({ keys: { issuer: ISSUER } });
    expect((await signIn(gateway, [])).status).toBe(200);
    expect(warnings(gateway)).toEqual([]);
    expect((await signIn(gateway, [line])).status).toBe(400);
    await gateway.send(['GET /orders/health HTTP/1.1', line]);
    await signIn(gateway, [line]);
    expect(warnings(gateway).filter(({ level }) => level === 40)).toEqual([
      expect.objectContaining({ msg: expect.stringContaining('set trustProxy') }),
    ]);
    expect(warnings(gateway).filter(({ level }) => level === 50)[0]?.msg).toContain('set trustProxy to that proxy');
  });

  it('warns of it on a proxied request as well', async () => {
    const gateway = await aGateway();
    await gateway.send(['GET /orders/health HTTP/1.1', 'X-Forwarded-For: 203.0.113.9']);
    expect(warnings(gateway)).toHaveLength(1);
  });

  it('serves a plain request from this machine when nothing requires https', async () => {
    const gateway = await aGateway();
    expect((await signIn(gateway, ['X-Forwarded-For: 203.0.113.9'])).status).toBe(200);
  });

  it("does not trust a client's claim that it used https", async () => {
    const gateway = await aGateway({ keys: { issuer: ISSUER } });
    const answer = await gateway.send(['GET /orders HTTP/1.1', 'X-Forwarded-Proto: https']);
    expect(valuesOf(answer, 'strict-transport-security')).toEqual([]);
  });
});

describe('an issuer with http', () => {
  it.each(['http://api.example.com', 'http://10.0.0.1:8080', 'http://localhost.example.com'])(
    'causes one warning when it is not on the loopback: %s',
    async (issuer) => {
      const { lines } = await aGateway({ keys: { issuer } });
      expect(lines.filter(({ msg }) => /in clear/.test(msg))).toHaveLength(1);
    },
  );

  it.each([
    'http://127.0.0.1:8080',
    'http://localhost:8080',
    'http://[::1]',
    'http://gate.localhost',
    'https://api.example.com',
  ])('causes no warning when no network is crossed in clear: %s', async (issuer) => {
    const { lines } = await aGateway({ keys: { issuer } });
    expect(lines.filter(({ msg }) => /in clear/.test(msg))).toEqual([]);
  });
});
