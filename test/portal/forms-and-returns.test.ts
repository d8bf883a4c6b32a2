import express from 'express';
import fc from 'fast-check';
import request from 'supertest';
import { scopegate } from 'scopegate';
import { ReturnAddresses } from '../../src/portal/returns';
import { Router, type Route } from '../../src/portal/router';
import { anyText } from '../support/properties/any-text';
import { assertProperty } from '../support/properties/property-runs';
import { everyStore, onRedis } from '../support/stores/every-store';
import { closeAtEnd, gateOptions, JOHN, recordedLogger } from '../support/gate/gate';
import { collect } from '../support/stores/collect';
import { keysUnder } from '../support/redis/contents';
import { ADA, ANA, BEN, openSignUp, servePortal, type ServedPortal } from '../support/portal/served-portal';
import { hiddenFields, signedIn, PortalVisitor, withKeys } from '../support/portal/visitor';

const valueOf = (page: string, name: string): string | undefined =>
  new RegExp(`name="${name}"[^>]*?\\svalue="([^"]*)"`, 's').exec(page)?.[1];

describe.each(everyStore)('the sign-up form in %s', (_name, freshStore) => {
  it('has a separate field for the organization, and reports one that cannot be joined', async () => {
    const portal = await servePortal(await freshStore(), openSignUp);
    const visitor = new PortalVisitor(portal);
    expect((await visitor.get('/sign-up')).text).toContain('<label for="organization">Organization</label>');
    const passwords = { password: 'zoe-password', again: 'zoe-password' };
    for (const organization of ['', '  ', 'no such key!', '@johnsorg', 'evilcorp']) {
      const { status, text } = await visitor.submit('/sign-up', '/sign-up', {
        username: 'zoe',
        organization,
        ...passwords,
      });
      expect(status).toBe(400);
      expect(text).toContain('The organization must be one of these: johnsorg.');
      expect(valueOf(text, 'username')).toBe('zoe');
      expect(text).not.toContain('zoe-password');
    }
    expect(await portal.gate.directory.users.find('zoe@johnsorg')).toBeUndefined();
    const made = await visitor.submit('/sign-up', '/sign-up', {
      username: 'zoe',
      organization: ' JohnsOrg ',
      ...passwords,
    });
    expect(made).toMatchObject({ status: 303, location: '/sign-in?done=signed-up' });
    expect((await visitor.get(made.location ?? '')).text).toContain(
      'If the user name was available, your account is ready. Sign in below.',
    );
    expect((await visitor.signIn({ username: 'zoe@johnsorg', password: 'zoe-password' })).status).toBe(303);
  });

  it('has no such field if there are no organizations', async () => {
    const options = { ...(await freshStore()), organizations: [], users: [], applications: [] };
    const portal = await servePortal(options, { portal: { signUp: true } });
    const visitor = new PortalVisitor(portal);
    expect((await visitor.get('/sign-up')).text).not.toContain('Organization');
    expect((await visitor.get('/sign-in')).text).not.toContain('organization');
    const fields = { username: 'zoe@x.org', password: 'zoe-password', again: 'zoe-password' };
    expect((await visitor.submit('/sign-up', '/sign-up', fields)).status).toBe(303);
    expect(await portal.gate.directory.users.find('zoe@x.org')).toMatchObject({ enabled: true });
  });

  it('returns what was entered, without the passwords, and with the fault beside the field', async () => {
    const portal = await servePortal(await freshStore(), openSignUp);
    const base = { username: 'zoe', organization: 'johnsorg' };
    const faults: readonly (readonly [Readonly<Record<string, string>>, string, string])[] = [
      [{ password: 'short77', again: 'short77' }, 'password', 'The password must have at least 8 characters.'],
      [
        { password: 'Password1', again: 'Password1' },
        'password',
        'The password must not be one of the most common passwords; choose another.',
      ],
      [{ password: 'first-password', again: 'other-password' }, 'again', 'The passwords do not match.'],
      [{ username: 'a b', password: 'zoe-password', again: 'zoe-password' }, 'username', 'The user name must have'],
    ];
    for (const [fields, field, sentence] of faults) {
      const { status, text } = await new PortalVisitor(portal).submit('/sign-up', '/sign-up', { ...base, ...fields });
      expect(status).toBe(400);
      expect(text).toMatch(new RegExp(`id="${field}"[^>]*aria-describedby="${field}-fault`, 's'));
      expect(text).toMatch(new RegExp(`id="${field}-fault"[^>]*>${sentence.slice(0, 25)}`, 's'));
      expect(text).toContain(sentence);
      expect(text).toMatch(/<option value="johnsorg"\s+selected/);
      expect(valueOf(text, 'username')).toBe({ ...base, ...fields }.username);
      for (const typed of Object.values(fields)) if (typed !== 'a b') expect(text).not.toContain(`"${typed}"`);
    }
  });

  it('redirects a signed-in user and creates no account', async () => {
    const portal = await servePortal(await freshStore(), openSignUp);
    const ana = await signedIn(portal, ANA);
    expect(await ana.get('/sign-up')).toMatchObject({ status: 303, location: '/apis' });
    const form_token = await ana.formToken('/apis', '/sign-out');
    const fields = {
      form_token,
      username: 'zoe',
      organization: 'johnsorg',
      password: 'zoe-password',
      again: 'zoe-password',
    };
    expect(await ana.post('/sign-up', fields)).toMatchObject({ status: 303, location: '/apis' });
    expect(await portal.gate.directory.users.find('zoe@johnsorg')).toBeUndefined();
  });
});

describe('a form with a fault', () => {
  it('is shown again on its page with its values, and with the fault beside the field', async () => {
    const portal = await servePortal();
    const ben = await signedIn(portal, BEN);
    const typed = `"<b>${'x'.repeat(101)}`;
    const { status, text } = await ben.submit('/subscriptions', '/applications', { name: typed });
    expect(status).toBe(400);
    expect(text).toContain('<h1>My Subscriptions</h1>');
    expect(valueOf(text, 'name')).toBe(`&quot;&lt;b&gt;${'x'.repeat(101)}`);
    expect(text).toMatch(/id="name-fault"[^>]*>The name must be 1 to 100 characters/);
    expect(text).toMatch(/role="alert">The name must be 1 to 100 characters/);
    // The form that came back works.
    const again = { ...hiddenFields(text, '/applications'), name: 'Corrected' };
    expect((await ben.post('/applications', again)).location).toContain('done=created');
  });

  it('keeps the label and expiry of a secret, but no password', async () => {
    const portal = await servePortal();
    await portal.gate.directory.users.create({ username: 'zoe', organization: 'johnsorg', password: 'zoe-password' });
    const zoe = await signedIn(portal, { username: 'zoe@johnsorg', password: 'zoe-password' });
    const { id } = await withKeys(zoe);
    const fields = { label: 'laptop', expires: '2027-02-30', password: 'zoe-password' };
    const { status, text } = await zoe.submit(`/applications/${id}`, `/applications/${id}/secrets`, fields);
    expect(status).toBe(400);
    expect([valueOf(text, 'label'), valueOf(text, 'expires')]).toEqual(['laptop', '2027-02-30']);
    expect(text).toMatch(/id="expires-production-fault"[^>]*>The expiry date must be a date such as 2027-12-31\./);
    expect(text).not.toContain('zoe-password');
    expect((await portal.gate.directory.applications.find(id))?.keys.production?.secrets).toHaveLength(1);
  });

  it('shows the password rule when the fault is in a new password', async () => {
    const portal = await servePortal();
    await portal.gate.directory.users.create({ username: 'zoe', organization: 'johnsorg', password: 'zoe-password' });
    const zoe = await signedIn(portal, { username: 'zoe@johnsorg', password: 'zoe-password' });
    const fields = { password: 'zoe-password', new: 'a', again: 'a' };
    const { status, text } = await zoe.submit('/password', '/password', fields);
    expect(status).toBe(400);
    expect(text).toContain('The password must have at least 8 characters.');
    expect(
      (await new PortalVisitor(portal).signIn({ username: 'zoe@johnsorg', password: 'zoe-password' })).status,
    ).toBe(303);
  });
});

describe('the address of a form', () => {
  it.each([
    ['/applications', '/subscriptions'],
    ['/applications/some-id/generate', '/applications/some-id'],
    ['/applications/some-id/secrets', '/applications/some-id'],
    ['/tokens/some-grant/revoke', '/tokens'],
    ['/try-it/check', '/try-it'],
    ['/admin/users/unlock', '/admin/users'],
    ['/admin/users/enable', '/admin/users'],
    ['/admin/applications/some-id/enable', '/admin/applications/some-id'],
    ['/sign-out', ''],
  ])('%s redirects to its page %s when it is opened with GET', async (address, page) => {
    const portal = await servePortal();
    const ada = await signedIn(portal, ADA);
    expect(await ada.get(address)).toMatchObject({ status: 303, location: page });
  });
});

const idOfCookie = (visitor: PortalVisitor): string => (visitor.cookie ?? '').split('=')[1] ?? '';

describe.each(everyStore)('a single-use form in %s', (_name, freshStore) => {
  const application = async (portal: ServedPortal) =>
    portal.gate.directory.applications.create({ name: 'Owned', owner: ANA.username });

  it('can be sent again after any answer that changed nothing', async () => {
    const portal = await servePortal(await freshStore());
    const ana = await signedIn(portal, ANA);
    const { id } = await application(portal);
    const form_token = await ana.formToken('/apis', '/sign-out');
    const sending = await ana.sending();
    const refused: readonly (readonly [string, Readonly<Record<string, string>>, number])[] = [
      ['/apis/nothing/subscribe', {}, 404],
      ['/applications/nothing/generate', { environment: 'production' }, 404],
      ['/applications', { name: '' }, 400],
      ['/apis/orders/subscribe', { application: 'nothing' }, 404],
    ];
    for (const [path, fields, status] of refused) {
      for (let count = 0; count < 2; count += 1) {
        expect((await ana.post(path, { form_token, sending, ...fields })).status).toBe(status);
      }
    }
    const made = await ana.post(`/applications/${id}/generate`, { form_token, sending, environment: 'production' });
    expect(made.status).toBe(200);
    expect((await ana.post(`/applications/${id}/generate`, { form_token, sending })).status).toBe(409);
  });

  it('is accepted only from a page of its own session', async () => {
    const portal = await servePortal(await freshStore());
    const [ana, ben] = [await signedIn(portal, ANA), await signedIn(portal, BEN)];
    const form_token = await ben.formToken('/apis', '/sign-out');
    const anas = await ana.sending();
    const forged = ['', 'x', 'A'.repeat(16), 'A'.repeat(48), anas, `${anas}x`, anas.slice(0, -1), 'x'.repeat(10_000)];
    for (const sending of forged) {
      const { status, text } = await ben.post('/applications', { form_token, sending, name: 'Forged' });
      expect(status).toBe(400);
      expect(text).toContain('The form is incomplete.');
    }
    expect(idOfCookie(ben)).not.toBe('');
    const all = await collect(portal.gate.directory.applications.list());
    expect(all.map(({ name }) => name)).not.toContain('Forged');
  });
});

it('forms that changed nothing leave nothing in Redis', async () => {
  const options = await onRedis();
  const portal = await servePortal(options);
  const ana = await signedIn(portal, ANA);
  const form_token = await ana.formToken('/apis', '/sign-out');
  for (let count = 0; count < 20; count += 1) {
    const sending = count % 2 === 0 ? await ana.sending() : `minted-${count}`;
    await ana.post('/apis/nothing/subscribe', { form_token, sending });
  }
  expect((await keysUnder(options.redis as never, options.prefix)).filter((key) => key.endsWith(':f'))).toEqual([]);
});

describe('the destination after the sign-in', () => {
  it.each([
    '/applications/abc',
    '/applications/abc/remove',
    '/applications/a%20b/secrets/c%C3%A9',
    '/generate-token?scopes=read+update&client=abc.production',
    '/admin/users?after=zoe%40johnsorg',
    '/admin/applications',
    '/admin/audit',
    '/password',
  ])('is the requested page %s', async (address) => {
    const portal = await servePortal();
    const visitor = new PortalVisitor(portal);
    const { status, location = '' } = await visitor.get(address);
    expect([status, location]).toEqual([303, `/sign-in?return=${encodeURIComponent(address)}`]);
    expect(await visitor.submit(location, '/sign-in', ADA)).toMatchObject({ status: 303, location: address });
    expect(await visitor.get(location)).toMatchObject({ status: 303, location: address });
  });

  it('is the page of the form if the session had ended before the form was sent', async () => {
    const portal = await servePortal();
    const ana = await signedIn(portal, ANA);
    const form_token = await ana.formToken('/apis', '/sign-out');
    const other = new PortalVisitor(portal);
    other.cookie = ana.cookie;
    await portal.gate.directory.organizations.find('johnsorg');
    await other.post('/sign-out', { form_token });
    expect((await ana.post('/tokens/some-grant/revoke', { form_token })).location).toBe('/sign-in?return=%2Ftokens');
  });

  const answer = (): never => {
    throw new Error('is never asked');
  };
  const routes: readonly Route[] = [
    { method: 'GET', path: '/', for: 'users', handle: answer },
    { method: 'GET', path: '/apis', for: 'users', handle: answer },
    { method: 'GET', path: '/applications/:id', for: 'users', handle: answer },
    { method: 'GET', path: '/applications/:id/secrets/:secret', for: 'users', handle: answer },
    { method: 'GET', path: '/admin/users', for: 'admins', handle: answer },
    { method: 'POST', path: '/tokens/revoke-all', for: 'users', handle: answer },
    { method: 'GET', path: '/sign-up', for: 'anyone', handle: answer },
  ];
  const router = new Router(routes);
  const isSignedInPage = (path: string): boolean => {
    const found = router.find('GET', path);
    return 'route' in found && found.route.for !== 'anyone';
  };
  const returns = new ReturnAddresses(
    routes.flatMap(({ method, path, for: users }) =>
      method === 'POST' ? [] : [{ path, isReturnTarget: users !== 'anyone' && path !== '/' }],
    ),
  );

  const part = fc.oneof(
    fc.constantFrom(
      ...[
        '/',
        '//',
        '\\',
        '..',
        '.',
        '%2e%2e',
        '%2f',
        '%5c',
        '@',
        ':',
        '?',
        '#',
        ';',
        '\t',
        '\n',
        '\r',
        '\0',
        ' ',
        '%00',
      ],
      ...[
        'apis',
        'applications',
        'secrets',
        'admin',
        'users',
        'sign-up',
        'evil.example',
        'http:',
        'https://',
        'javascript:',
      ],
    ),
    anyText({ maxLength: 3 }),
  );

  it('is never outside the portal, whatever the `return` parameter is', () => {
    let others = 0;
    assertProperty(
      fc.property(fc.array(part, { maxLength: 12 }), fc.constantFrom('', '/store', '/a/b'), (parts, mount) => {
        const back = returns.orHome(parts.join(''));
        const url = new URL(mount + back, 'http://gateway.example/store/sign-in');
        expect(url.origin).toBe('http://gateway.example');
        expect(url.pathname.startsWith(`${mount}/`)).toBe(true);
        expect(isSignedInPage(url.pathname.slice(mount.length))).toBe(true);
        if (back !== '/apis') others += 1;
      }),
      { numRuns: 20_000, examples: [[['/', 'applications', '/', 'x', '?', '@'], '/store']] },
    );
    expect(others).toBeGreaterThan(0);
  });

  it('is never an address longer than 2,000 characters', () => {
    expect(returns.allows(`/apis?q=${'x'.repeat(1_992)}`)).toBe(true);
    expect(returns.allows(`/apis?q=${'x'.repeat(1_993)}`)).toBe(false);
  });
});

it('the sign-in form focuses the first empty field', async () => {
  const portal = await servePortal();
  const visitor = new PortalVisitor(portal);
  expect((await visitor.get('/sign-in')).text).toMatch(/id="username"[^>]*autofocus/s);
  const { text } = await visitor.signIn({ username: 'zoe@johnsorg', password: 'wrong' });
  expect(text).toMatch(/id="password"[^>]*autofocus/s);
  expect(text).not.toMatch(/id="username"[^>]*autofocus/s);
});

it.each([
  ['of an http issuer, one mounted below the other', 'http://127.0.0.1', '/', '/store'],
  ['of an https issuer', 'https://api.example.com', '/one', '/two'],
])('two portals of one host %s share the session of a browser', async (_how, issuer, first, second) => {
  const gate = closeAtEnd(scopegate({ ...gateOptions(recordedLogger().logger), issuer }));
  const app = express().use(second, gate.portal()).use(first, gate.portal());
  const mountOf = (path: string): string => (path === '/' ? '' : path);
  let cookie = '';
  const get = async (path: string) => {
    const answer = await request(app).get(path).set('Cookie', cookie);
    const [set] = (answer.headers['set-cookie'] as unknown as readonly string[] | undefined) ?? [];
    if (set !== undefined) {
      expect(set).toContain('; Path=/; ');
      cookie = set.split(';')[0] ?? '';
    }
    return answer;
  };
  const formTokenOf = (page: string): string => /name="form_token" value="([^"]*)"/.exec(page)?.[1] ?? '';
  const post = async (path: string, fields: Readonly<Record<string, string>>) => {
    const answer = await request(app).post(path).type('form').set('Cookie', cookie).send(fields);
    cookie = (answer.headers['set-cookie'] as unknown as readonly string[])[0]?.split(';')[0] ?? '';
    return answer;
  };
  const form_token = formTokenOf((await get(`${mountOf(first)}/sign-in`)).text);
  await post(`${mountOf(first)}/sign-in`, { form_token, username: JOHN[0], password: JOHN[1] });
  const page = await get(`${mountOf(second)}/apis`);
  expect(page.status).toBe(200);
  await post(`${mountOf(second)}/sign-out`, { form_token: formTokenOf(page.text) });
  for (const mount of [mountOf(first), mountOf(second)]) expect((await get(`${mount}/apis`)).status).toBe(303);
});
