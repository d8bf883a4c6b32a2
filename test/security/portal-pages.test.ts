import { everyStore } from '../support/stores/every-store';
import { onRedis } from '../support/stores/every-store';
import { contentsUnder } from '../support/redis/contents';
import { testRedis } from '../support/redis/redis';
import { endAtEnd } from '../support/redis/clients';
import {
  ADA,
  ANA,
  BEN,
  EVE,
  openSignUp,
  servePortal,
  portalOptions,
  type ServedPortal,
} from '../support/portal/served-portal';
import { pagesFor } from '../support/portal/pages';
import { signedIn, PortalVisitor, withKeys, type PortalAnswer } from '../support/portal/visitor';

const HOSTILE = [
  '<img src=x onerror=alert(1)>',
  '"><svg onload=alert(1)>',
  "'><script>alert(1)</script>",
  '{{7*7}}',
  '${7*7}',
  '</title><script>alert(1)</script>',
  'javascript:alert(1)',
  '\u202Etxt.exe',
  '&lt;b&gt;',
];

/** Returns the text as a name, which may have no direction controls. */
const nameIn = (text: string): string => text.replace('\u202E', '');

const PATHS = pagesFor('readers', 'users', 'admins').map(({ path }) => path);

const ADMIN_PATHS = pagesFor('admins').map(({ path }) => path);

/** Elements and attributes that no page of the portal contains by itself. */
const expectInert = ({ text }: PortalAnswer): void => {
  expect(text).not.toMatch(/<(?:img|svg|b)[\s>]/i);
  expect(text).not.toMatch(/<script>/i);
  // Text in quotes is a value, whatever it contains: an unescaped quote would end it.
  expect(text.replaceAll(/="[^"]*"/g, '=""')).not.toMatch(/<[^>]*\son\w+=/i);
  expect([...text.matchAll(/<script\b/g)]).toHaveLength(1);
  expect(text).not.toMatch(/(?:href|src|action)="javascript:/i);
  expect(text).not.toContain('>49<');
};

describe.each(HOSTILE)('S-285 po-xss-stored: the text %j', (hostile) => {
  it('is shown as text on every page, wherever it is stored', async () => {
    const options = portalOptions();
    const portal = await servePortal(
      {
        ...options,
        scopes: { read: hostile, update: { description: hostile, roles: ['clerk'] } },
        apis: {
          orders: { title: hostile, version: hostile, resources: [{ path: '/', methods: ['GET'], scopes: ['read'] }] },
        },
        organizations: [{ key: 'johnsorg', name: nameIn(hostile) }, { key: 'evilcorp' }],
      },
      { portal: { title: hostile.slice(0, 100) } },
    );
    const ada = await signedIn(portal, ADA);
    await ada.submit('/subscriptions', '/applications', { name: nameIn(hostile) });
    const [made] = [...(await ada.get('/subscriptions')).text.matchAll(/href="\/store\/applications\/([\w-]+)"/g)].map(
      ([, id = '']) => id,
    );
    await ada.submit('/subscriptions', `/applications/${made}/generate`, { environment: 'production' });
    await ada.submit(`/applications/${made}`, `/applications/${made}/secrets`, {
      label: nameIn(hostile),
      password: ADA.password,
    });
    await ada.submit('/apis', '/apis/orders/subscribe');
    await ada.submit('/generate-token', '/generate-token', {
      client: `${made}.production`,
      for: 'user',
      'scope read': 'on',
    });
    for (const path of [...PATHS, `/applications/${made}`, `/applications/${made}/remove`]) {
      const answer = await ada.get(path);
      expect(answer.status).toBe(200);
      expectInert(answer);
    }
  });

  it('S-286 po-xss-reflect: is shown as text, or not at all, when it is sent', async () => {
    const portal = await servePortal({}, openSignUp);
    const text = encodeURIComponent(hostile);
    const ana = await signedIn(portal, ADA);
    for (const path of [`/${text}`, `/applications/${text}`, `/apis/${text}`]) expectInert(await ana.get(path));
    for (const page of PATHS) {
      for (const name of ['done', 'error', 'error_description', 'return', 'scopes', 'client', 'after']) {
        expectInert(await ana.get(`${page}?${name}=${text}`));
      }
    }
    const visitor = new PortalVisitor(portal);
    expectInert(await visitor.get(`/sign-in?return=${text}&done=${text}`));
    expectInert(
      await visitor.submit('/sign-in', '/sign-in', { username: hostile, password: hostile, return: hostile }),
    );
    expectInert(
      await visitor.submit('/sign-up', '/sign-up', {
        username: hostile,
        organization: hostile,
        password: 'a',
        again: 'b',
      }),
    );
    expectInert(
      await ana
        .submit('/generate-token', '/generate-token', { client: hostile, [`scope ${hostile}`]: 'on' })
        .catch(() => ana.get('/apis')),
    );
  });
});

it('S-285 po-xss-stored: a name of 10 KB is refused', async () => {
  const portal = await servePortal();
  const ana = await signedIn(portal, ANA);
  expect((await ana.submit('/subscriptions', '/applications', { name: 'x'.repeat(10_000) })).status).toBe(400);
});

it('S-287 po-csp: every response has the security policy, and pages are not stored', async () => {
  const portal = await servePortal();
  const ana = await signedIn(portal, ADA);
  const answers = [
    ...(await Promise.all(
      [...PATHS, '/sign-in', '/nothing', '', '/assets/portal.js', '/assets/portal.css'].map((path) => ana.get(path)),
    )),
    await ana.post('/sign-out', {}),
    await new PortalVisitor(portal).get('/sign-in'),
  ];
  for (const { headers } of answers) {
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).toContain("base-uri 'none'");
    expect(policy).not.toMatch(/unsafe|\*|data:|https:|http:(?!\/\/127\.0\.0\.1:\d+(?:;|$))/);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('referrer-policy')).toBe('same-origin');
    expect(headers.get('cross-origin-opener-policy')).toBe('same-origin');
    expect(headers.get('x-powered-by')).toBeNull();
    if ((headers.get('content-type') ?? '').startsWith('text/html'))
      expect(headers.get('cache-control')).toBe('no-store');
  }
  for (const { text } of answers) expect(text).not.toMatch(/<style|\sstyle=|<script>|\son\w+="/);
});

describe('S-289 po-idor', () => {
  it('applications, secrets and tokens of others are not found, and stay unchanged', async () => {
    const portal = await servePortal();
    const [ana, ben, ada] = [await signedIn(portal, ANA), await signedIn(portal, BEN), await signedIn(portal, ADA)];
    const { id } = await withKeys(ana);
    await portal.gate.directory.applications.subscribe(id, 'orders');
    await ana.submit('/generate-token', '/generate-token', {
      client: `${id}.production`,
      for: 'user',
      'scope read': 'on',
    });
    const before = JSON.stringify(await portal.gate.directory.applications.find(id));
    const [secret] = (await portal.gate.directory.applications.find(id))?.keys.production?.secrets ?? [];
    const [, grantId = ''] =
      /action="\/store\/tokens\/([\w-]{16})\/revoke"/.exec((await ana.get('/tokens')).text) ?? [];
    expect(grantId).not.toBe('');
    for (const other of [ben, ada]) {
      const form_token = await other.formToken('/apis', '/sign-out');
      const password = other === ben ? BEN.password : ADA.password;
      for (const path of [
        `/applications/${id}`,
        `/applications/${id}/secrets/${secret?.id}`,
        `/applications/${id}/revoke-tokens`,
        `/applications/${id}/remove`,
      ]) {
        expect((await other.get(path)).status).toBe(404);
      }
      const posts: readonly [string, Readonly<Record<string, string>>][] = [
        [`/applications/${id}/subscribe`, { subscription: 'orders' }],
        [`/applications/${id}/unsubscribe`, { api: 'orders' }],
        [`/applications/${id}/settings`, { name: 'Taken over', description: '' }],
        [`/applications/${id}/tokens/${grantId}/revoke`, {}],
        [`/applications/${id}/revoke-tokens`, {}],
        [`/applications/${id}/generate`, { environment: 'sandbox', sending: await other.sending() }],
        [`/applications/${id}/secrets`, { sending: await other.sending(), password }],
        [`/applications/${id}/secrets/${secret?.id}`, { password }],
        [`/applications/${id}/remove`, { password }],
        ['/apis/orders/subscribe', { application: id, sending: await other.sending() }],
        [`/tokens/${grantId}/revoke`, {}],
      ];
      for (const [path, fields] of posts) expect((await other.post(path, { form_token, ...fields })).status).toBe(404);
      await other.post('/tokens/revoke-all', { form_token });
      const generated = await other.post('/generate-token', { form_token, client: `${id}.production`, for: 'client' });
      expect(generated.text).not.toContain('data-testid="access-token"');
      expect((await other.get('/tokens')).text).not.toContain(grantId);
    }
    expect(JSON.stringify(await portal.gate.directory.applications.find(id))).toBe(before);
    expect((await ana.get('/tokens')).text).toContain(grantId);
  });

  it('S-297 po-admin: a user who is not an administrator finds no such page', async () => {
    const portal = await servePortal();
    const ben = await signedIn(portal, BEN);
    const form_token = await ben.formToken('/apis', '/sign-out');
    for (const page of [...ADMIN_PATHS, '/admin/users/disable']) {
      expect((await ben.get(page)).status).toBe(404);
      expect((await new PortalVisitor(portal).get(page)).location).toMatch(/^\/sign-in/);
    }
    for (const action of ['disable', 'enable', 'unlock']) {
      expect((await ben.post(`/admin/users/${action}`, { form_token, username: ANA.username })).status).toBe(404);
    }
  });

  it('S-297 po-admin: an administrator manages only their own organization', async () => {
    const portal = await servePortal();
    const { applications, users } = portal.gate.directory;
    const { id } = await applications.create({ name: 'Secret app', owner: ANA.username });
    await users.create({ username: 'zoe', organization: 'johnsorg', password: 'zoe-password' });
    await (await signedIn(portal, ANA)).get('/apis');
    const [eve, ada] = [await signedIn(portal, EVE), await signedIn(portal, ADA)];
    const form_token = await eve.formToken('/apis', '/sign-out');
    for (const page of ADMIN_PATHS) {
      expect((await eve.get(page)).text).not.toMatch(/johnsorg|Secret app/);
    }
    for (const action of ['disable', 'enable', 'unlock']) {
      expect((await eve.post(`/admin/users/${action}`, { form_token, username: 'zoe@johnsorg' })).status).toBe(404);
    }
    expect((await eve.post(`/admin/applications/${id}/disable`, { form_token })).status).toBe(404);
    expect(await users.find('zoe@johnsorg')).toMatchObject({ enabled: true });
    expect(await applications.find(id)).toMatchObject({ enabled: true });
    expect((await ada.get('/admin/users')).text).toContain('zoe@johnsorg');
    expect((await ada.get('/admin/audit')).text).toContain(ANA.username);
    // Nor themselves.
    const form = ['/admin/users/disable?username=zoe%40johnsorg', '/admin/users/disable'] as const;
    expect((await ada.submit(...form, { username: ADA.username })).status).not.toBe(303);
  });
});

describe.each(everyStore)('S-292 po-secret-once, with %s', (_name, freshStore) => {
  it('a secret and a token are shown on one page, and on none after it', async () => {
    const portal = await servePortal(await freshStore());
    const ana = await signedIn(portal, ADA);
    const { id, secret, generated } = await withKeys(ana);
    expect(secret).toMatch(/^sgs_/);
    expect(generated.headers.get('cache-control')).toBe('no-store');
    const { text } = await ana.submit('/generate-token', '/generate-token', {
      client: `${id}.production`,
      for: 'user',
    });
    const tokens = [...text.matchAll(/sg[ar]_[\w-]+/g)].map(([token]) => token);
    expect(tokens).toHaveLength(2);
    for (const path of [...PATHS, `/applications/${id}`, '/']) {
      const later = await ana.get(path);
      for (const shown of [secret, ...tokens]) expect(later.text).not.toContain(shown);
    }
    const printed = JSON.stringify(portal.lines);
    for (const hidden of [secret, ...tokens, ADA.password, ana.cookie?.split('=')[1] ?? ''])
      expect(printed).not.toContain(hidden);
  });
});

it('S-292 po-secret-once: Redis contains no session id, token, secret or password', async () => {
  const options = await onRedis();
  const portal: ServedPortal = await servePortal(options);
  const ana = await signedIn(portal, ANA);
  const { id, secret } = await withKeys(ana);
  const { text } = await ana.submit('/generate-token', '/generate-token', { client: `${id}.production`, for: 'user' });
  const tokens = [...text.matchAll(/sg[ar]_[\w-]+/g)].map(([token]) => token);
  await portal.close(); // writes the audit
  const contents = await contentsUnder(endAtEnd(await testRedis()), options.prefix);
  expect(contents).toContain('generate_keys'); // it is the whole
  for (const hidden of [secret, ...tokens, ANA.password, ana.cookie?.split('=')[1] ?? '']) {
    expect(hidden.length).toBeGreaterThan(10);
    expect(contents).not.toContain(hidden);
  }
});

it('S-302 po-a11y-noscript: no page has an inline script, and every form works without scripts', async () => {
  const portal = await servePortal();
  const ana = await signedIn(portal, ADA);
  for (const path of PATHS) {
    const { text } = await ana.get(path);
    expect(text).not.toMatch(/<script(?![^>]*\ssrc=)/);
    if (path !== '/try-it') expect(text).not.toMatch(/<form(?![^>]*\saction=)/);
  }
});
