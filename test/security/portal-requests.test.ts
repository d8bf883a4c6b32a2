import { ownRedis, randomPrefix } from '../support/redis/redis';
import { aRedis } from '../support/redis/clients';
import { everyStore } from '../support/stores/every-store';
import { ANA, BEN, servePortal } from '../support/portal/served-portal';
import { signedIn, PortalVisitor } from '../support/portal/visitor';

it.each([
  ['', '/orders'],
  ['get', '/orders'],
  ['GET /', '/orders'],
  ['__proto__', '/orders'],
  ['GET', ''],
  ['GET', '//'],
  ['GET', 'http://evil.example/'],
  ['GET', '/orders/%'],
  ['GET', '/orders\u0000'],
])(
  'S-286 po-xss-reflect: Try it answers a method %j and a path %j in JSON, without an internal error',
  async (method, path) => {
    const portal = await servePortal();
    const ana = await signedIn(portal, ANA);
    const form_token = await ana.formToken('/apis', '/sign-out');
    for (const token of ['', 'x', '<img src=x onerror=alert(1)>']) {
      const { status, text, headers } = await ana.post('/try-it/check', { form_token, token, method, path });
      expect([200, 400]).toContain(status);
      expect(headers.get('content-type')).toMatch(/^application\/json/);
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('content-security-policy')).toContain("default-src 'none'");
      expect(JSON.parse(text)).toHaveProperty('summary');
      expect(text).not.toContain('<img');
    }
    expect(portal.lines.filter(({ level }) => level === 'error')).toEqual([]);
  },
);

describe.each(everyStore)('unusual path segments, with %s,', (_name, freshStore) => {
  it.each([
    '..%2f..',
    '__proto__',
    '*',
    '%7Ba%7D',
    '%00',
    '%0A',
    "'",
    '%F0%9F%98%80',
    'a%20b',
    '%2f',
    'a'.repeat(4_000),
  ])('S-289 po-idor: such as %j match no application, secret, API or token', async (odd) => {
    const portal = await servePortal(await freshStore());
    const ana = await signedIn(portal, ANA);
    const form_token = await ana.formToken('/apis', '/sign-out');
    const { password } = ANA;
    for (const page of [`/applications/${odd}`, `/applications/${odd}/secrets/${odd}`, `/applications/${odd}/remove`]) {
      expect((await ana.get(page)).status).toBe(404);
    }
    const posts: readonly [string, Readonly<Record<string, string>>][] = [
      [`/applications/${odd}/generate`, { sending: await ana.sending() }],
      [`/applications/${odd}/client`, { redirectUris: 'https://app.example/', password }],
      [`/applications/${odd}/secrets`, { sending: await ana.sending(), password }],
      [`/applications/${odd}/subscribe`, { subscription: 'orders' }],
      [`/applications/${odd}/unsubscribe`, { api: 'orders' }],
      [`/applications/${odd}/settings`, { name: 'Taken over', description: '' }],
      [`/applications/${odd}/tokens/${odd}/revoke`, {}],
      [`/applications/${odd}/revoke-tokens`, {}],
      [`/applications/${odd}/remove`, { password }],
      [`/apis/${odd}/subscribe`, { sending: await ana.sending() }],
      [`/tokens/${odd}/revoke`, {}],
      [`/tokens/consents/${odd}/revoke`, {}],
    ];
    for (const [path, fields] of posts) expect((await ana.post(path, { form_token, ...fields })).status).toBe(404);
    expect(portal.lines.filter(({ level }) => level === 'error')).toEqual([]);
  });
});

it('S-284 po-cookie: a session over https has all cookie flags, and so has its successor', async () => {
  const issuer = 'https://api.example.com';
  const portal = await servePortal({ issuer });
  const visitor = new PortalVisitor(portal);
  const session = await visitor.signIn(ANA); // the visitor's Origin is the Host's: that is a page of this host
  expect(session.headers.getSetCookie()).toEqual([
    expect.stringMatching(/^__Host-scopegate=s[A-Za-z0-9_-]{43}; Path=\/; Secure; HttpOnly; SameSite=Lax$/) as string,
  ]);
  const form_token = await visitor.formToken('/apis', '/sign-out');
  expect((await visitor.post('/sign-out', { form_token }, { Origin: 'null' })).status).toBe(403); // as a sandbox sends it
  const out = await visitor.submit('/apis', '/sign-out');
  expect(out.headers.getSetCookie()).toEqual([
    expect.stringMatching(/^__Host-scopegate=v[A-Za-z0-9_-]{43}; Path=\/; Secure; HttpOnly; SameSite=Lax$/) as string,
  ]);
});

it('S-281 po-csrf: a form token from before the sign-in, or of the previous session, is invalid', async () => {
  const portal = await servePortal();
  const visitor = new PortalVisitor(portal);
  const early = await visitor.formToken();
  await visitor.signIn(ANA);
  const first = await visitor.formToken('/apis', '/sign-out');
  await visitor.post('/sign-in', { ...ANA, form_token: first });
  for (const form_token of [early, first]) {
    expect((await visitor.post('/tokens/revoke-all', { form_token })).status).toBe(403);
  }
});

it('S-293 po-brute: a hundred wrong sign-ins from one address are allowed, unless configured otherwise', async () => {
  const portal = await servePortal();
  const visitor = new PortalVisitor(portal);
  const form_token = await visitor.formToken();
  const guess = (count: number) =>
    visitor.post('/sign-in', { form_token, username: `user${count}@johnsorg`, password: 'wrong' });
  for (let count = 0; count < 100; count += 1) expect((await guess(count)).status).toBe(200);
  const { status, headers } = await guess(100);
  expect(status).toBe(429);
  expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
  const right = await visitor.post('/sign-in', { form_token, ...BEN });
  expect(right.status).toBe(429);
});

it('S-300 po-sessionstore: while Redis is unavailable, no form works, including sign-in and sign-out', async () => {
  const own = await ownRedis();
  const portal = await servePortal({ redis: aRedis({}, own.url), prefix: randomPrefix(), deadline: 2_000 });
  const [ana, ben] = [await signedIn(portal, ANA), new PortalVisitor(portal)];
  const form_token = await ana.formToken('/apis', '/sign-out');
  const bens = await ben.formToken();
  const { cookie } = ana;
  own.pause();
  const answers = await Promise.all([
    ana.post('/applications', { form_token, sending: 'one', name: 'Away' }),
    ana.post('/sign-out', { form_token }),
    ana.get('/sign-in'),
    ben.post('/sign-in', { form_token: bens, ...BEN }),
  ]);
  expect(answers.map(({ status }) => status)).toEqual([503, 503, 503, 503]);
  for (const { text, headers } of answers) {
    expect(text).not.toMatch(/redis|ECONN|\bat \//i);
    expect(headers.getSetCookie()).toEqual([]);
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
  }
  expect(ana.cookie).toBe(cookie);
  own.resume();
  await portal.gate.ready();
});
