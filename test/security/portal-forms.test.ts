import { PAGES } from '../../src/portal/routes';
import { collect } from '../support/stores/collect';
import { ADA, ANA, BEN, openSignUp, servePortal, type ServedPortal } from '../support/portal/served-portal';
import { hiddenFields, signedIn, PortalVisitor } from '../support/portal/visitor';

/** Every form there is: one that is added later is in here. */
const forms = PAGES.flatMap((page) => page.forms ?? []).map(({ path }) => path);

const concrete = (path: string): string =>
  path.replace('/apis/:name', '/apis/orders').replaceAll(/:\w+/g, 'abcdefghijklmnop');

let portal: ServedPortal;
beforeAll(async () => {
  portal = await servePortal({}, openSignUp);
});

describe.each(forms)('S-281 po-csrf: the form %s', (form) => {
  const path = concrete(form);

  it('has no effect without its token, or with the token of another session', async () => {
    const [ana, ben] = [await signedIn(portal, ADA), await signedIn(portal, BEN)];
    const bens = await ben.formToken('/apis', '/sign-out');
    for (const fields of [{}, { form_token: '' }, { form_token: 'x'.repeat(32) }, { form_token: bens }]) {
      expect((await ana.post(path, { ...fields, username: 'x', password: 'y' })).status).toBe(403);
    }
    expect((await ana.get('/apis')).status).toBe(200); // not even signed out
  });

  it('has no effect when another site sends it', async () => {
    const ana = await signedIn(portal, ADA);
    const form_token = await ana.formToken('/apis', '/sign-out');
    const foreign = [
      { Origin: 'https://evil.example' },
      { Origin: 'null' },
      { Origin: `${portal.url}.evil.example` },
      { 'Sec-Fetch-Site': 'cross-site' },
      { 'Sec-Fetch-Site': 'same-site' },
      { 'Sec-Fetch-Site': 'none' },
    ];
    for (const headers of foreign) expect((await ana.post(path, { form_token }, headers)).status).toBe(403);
    expect((await ana.post(path, `form_token=${form_token}`, { 'Content-Type': 'text/plain' })).status).toBe(415);
    expect((await ana.post(path, JSON.stringify({ form_token }), { 'Content-Type': 'application/json' })).status).toBe(
      415,
    );
    expect((await ana.get('/apis')).status).toBe(200);
  });

  it('cannot be sent with GET', async () => {
    const ana = await signedIn(portal, ADA);
    const form_token = await ana.formToken('/apis', '/sign-out');
    const before = JSON.stringify(await collect(portal.gate.directory.applications.list()));
    const { status } = await ana.get(`${path}?form_token=${form_token}`);
    expect([200, 303, 404, 405]).toContain(status);
    expect(JSON.stringify(await collect(portal.gate.directory.applications.list()))).toBe(before);
    expect((await ana.get('/apis')).status).toBe(200);
  });
});

it('S-282 po-login-csrf: a form from another site cannot sign a visitor in', async () => {
  const [victim, attacker] = [new PortalVisitor(portal), new PortalVisitor(portal)];
  await victim.get('/sign-in');
  const form_token = await attacker.formToken();
  for (const fields of [{}, { form_token }]) {
    const answer = await victim.post('/sign-in', { ...fields, ...BEN });
    expect(answer.status).toBe(403);
    expect(answer.headers.getSetCookie().join()).not.toMatch(/scopegate=s/);
  }
  const bare = new PortalVisitor(portal); // its browser has no cookie yet
  expect((await bare.post('/sign-in', { form_token, ...BEN })).status).toBe(403);
});

it.each([
  '//evil.example',
  '/\\evil.example',
  'https:evil.example',
  'https://evil.example/apis',
  '%2f%2fevil.example',
  '/apis\r\nSet-Cookie: a=b',
  '/apis/../../evil',
  'apis',
  '/nothing',
  '/sign-out',
  '/sign-in',
  '/sign-up',
  '/applications/..',
  '/applications/%2e%2e',
  '/tokens#there',
  '/tokens?',
  '/tokens?a=b c',
  `/tokens?q=${'x'.repeat(2_000)}`,
  '/tokens/../../evil',
  '/TOKENS',
  'javascript:alert(1)',
])('S-288 po-redirect: the sign-in never redirects to %j', async (target) => {
  const visitor = new PortalVisitor(portal);
  const { text } = await visitor.get(`/sign-in?return=${encodeURIComponent(target)}`);
  expect(text).toContain('name="return" value="/apis"');
  const answer = await visitor.submit('/sign-in', '/sign-in', { ...ANA, return: target });
  expect(answer).toMatchObject({ status: 303, location: '/apis' });
});

it('S-288 po-redirect: the sign-in redirects to the page that was requested', async () => {
  const visitor = new PortalVisitor(portal);
  const { location = '' } = await visitor.get('/tokens');
  expect(location).toBe('/sign-in?return=%2Ftokens');
  expect(await visitor.submit(location, '/sign-in', ANA)).toMatchObject({ status: 303, location: '/tokens' });
});

it('S-290 po-mass: fields that a form does not have have no effect', async () => {
  const ben = await signedIn(portal, BEN);
  const extra = {
    owner: ANA.username,
    ownerId: 'x',
    isAdmin: 'true',
    roles: 'admin',
    scopes: 'update',
    introspect: 'true',
    trusted: '1',
  };
  await ben.submit('/subscriptions', '/applications', { name: 'Mass', ...extra });
  const made = (await collect(portal.gate.directory.applications.list())).find(({ name }) => name === 'Mass');
  expect(made).toEqual(
    expect.objectContaining({ owner: BEN.username, introspect: false, subscriptions: [], enabled: true }),
  );
  expect(made).not.toHaveProperty('scopes');
  const visitor = new PortalVisitor(portal);
  await visitor.submit('/sign-up', '/sign-up', {
    username: 'mass',
    organization: 'johnsorg',
    password: 'mass-password',
    again: 'mass-password',
    ...extra,
  });
  expect(await portal.gate.directory.users.find('mass@johnsorg')).toMatchObject({ roles: [], enabled: true });
});

it('S-299 po-race: a form that is sent many times concurrently has its effect once', async () => {
  const ana = await signedIn(portal, ANA);
  const { text } = await ana.get('/subscriptions');
  const [, form_token] = /name="form_token" value="([^"]*)"/.exec(text) ?? [];
  const [, sending] = /name="sending" value="([^"]*)"/.exec(text) ?? [];
  if (form_token === undefined || sending === undefined) throw new Error('the page has no such form');
  const fields = { form_token, sending, name: 'Only one' };
  const answers = await Promise.all(Array.from({ length: 8 }, () => ana.post('/applications', fields)));
  expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 303));
  const made = await collect(portal.gate.directory.applications.list());
  expect(made.filter(({ name }) => name === 'Only one')).toHaveLength(1);
});

it('S-299 po-race: a form that generates keys and is sent again leaves the one key pair', async () => {
  const ana = await signedIn(portal, ANA);
  const { id } = await portal.gate.directory.applications.create({ name: 'Keyed', owner: ANA.username });
  const action = `/applications/${id}/generate`;
  const fields = { ...hiddenFields((await ana.get('/subscriptions')).text, action), environment: 'production' };
  expect((await ana.post(action, fields)).status).toBe(200);
  expect((await ana.post(action, fields)).status).toBe(409);
  expect((await portal.gate.directory.applications.find(id))?.keys.production?.secrets).toHaveLength(1);
});

it('S-299 po-race: a form that was refused has no effect, and can be sent again with success', async () => {
  const ana = await signedIn(portal, ANA);
  const hidden = hiddenFields((await ana.get('/subscriptions')).text, '/applications');
  expect((await ana.post('/applications', { ...hidden, name: 'x'.repeat(101) })).status).toBe(400);
  expect((await ana.post('/applications', { ...hidden, name: 'Corrected' })).location).toContain('done=created');
  const again = await ana.post('/applications', { ...hidden, name: 'Corrected' });
  expect(again).toMatchObject({ status: 303, location: '/subscriptions' }); // and nothing is claimed
  const made = (await collect(portal.gate.directory.applications.list())).filter(({ name }) => name === 'Corrected');
  expect(made).toHaveLength(1);
});

it.each(['__proto__', 'constructor', 'toString'])(
  'S-286 po-xss-reflect: a notice that an address names %s is not shown',
  async (done) => {
    const ada = await signedIn(portal, ADA);
    for (const page of ['/subscriptions', '/tokens', '/password', '/admin/users', '/admin/applications']) {
      expect((await ada.get(`${page}?done=${done}`)).status).toBe(200);
    }
    expect((await new PortalVisitor(portal).get(`/sign-in?done=${done}`)).status).toBe(200);
  },
);

it('S-299 po-race: an incomplete form is refused and has no effect', async () => {
  const ana = await signedIn(portal, ANA);
  const form_token = await ana.formToken('/apis', '/sign-out');
  expect((await ana.post('/applications', { form_token, name: 'Half' })).status).toBe(400);
});

it.each([
  "'",
  '../..',
  '<script>',
  '0.',
  'zzzzzzzzzz.aaaaaaaaaaaa',
  '-1',
  '%00',
  '1.AAAAAAAAAAAA',
  '*',
  '9'.repeat(5_000),
])('S-301 po-page-token: a made-up cursor %j shows a page without repeating the cursor', async (cursor) => {
  const ada = await signedIn(portal, ADA);
  for (const page of ['/admin/users', '/admin/applications', '/admin/audit']) {
    const { status, text } = await ada.get(`${page}?after=${encodeURIComponent(cursor)}`);
    expect(status).toBe(200);
    expect(text).not.toContain('<script>');
  }
});
