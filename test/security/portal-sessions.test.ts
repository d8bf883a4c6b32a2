import { LANGUAGES } from '../../src/pages/texts/languages';
import { everyStore, onRedis } from '../support/stores/every-store';
import { aClock } from '../support/time/clock';
import { ownRedis, randomPrefix } from '../support/redis/redis';
import { aRedis } from '../support/redis/clients';
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
import { signedIn, PortalVisitor, withKeys, type Fields } from '../support/portal/visitor';
import { postAsApplication } from '../support/portal/application-requests';

const ZOE = { username: 'zoe@johnsorg', password: 'zoe-password' };

const withZoe = async (portal: ServedPortal): Promise<ServedPortal> => {
  await portal.gate.directory.users.create({ username: 'zoe', organization: 'johnsorg', password: ZOE.password });
  return portal;
};

const isSignedIn = async (visitor: PortalVisitor): Promise<boolean> => (await visitor.get('/apis')).status === 200;

describe.each(everyStore)('sessions in %s', (_name, freshStore) => {
  const aPortal = async (): Promise<ServedPortal> => withZoe(await servePortal(await freshStore()));

  it('S-283 po-fixation: begin at the sign-in under a new id, whatever id was sent', async () => {
    const portal = await aPortal();
    const planted = ['v', 's'].map((kind) => `scopegate=${kind}${'A'.repeat(43)}`);
    for (const cookie of planted) {
      const victim = new PortalVisitor(portal);
      victim.cookie = cookie;
      await victim.signIn(ANA);
      expect(victim.cookie).not.toBe(cookie);
      expect(await isSignedIn(victim)).toBe(true);
      const attacker = new PortalVisitor(portal);
      attacker.cookie = cookie;
      expect(await isSignedIn(attacker)).toBe(false);
    }
    const [visitor, other] = [await signedIn(portal, ANA), new PortalVisitor(portal)];
    const first = visitor.cookie;
    await visitor.post('/sign-in', { ...ANA, form_token: await visitor.formToken('/apis', '/sign-out') });
    expect(visitor.cookie).not.toBe(first);
    other.cookie = first;
    expect(await isSignedIn(other)).toBe(false); // the one before has ended
  });

  it('S-283 po-fixation: cannot be selected by an id in the URL', async () => {
    const portal = await aPortal();
    const ana = await signedIn(portal, ANA);
    const id = ana.cookie?.split('=')[1] ?? '';
    expect((await new PortalVisitor(portal).get(`/apis?scopegate=${id}`)).status).toBe(303);
  });

  it('S-296 po-logout: end in the store at the sign-out, and their pages were not stored', async () => {
    const portal = await aPortal();
    const ana = await signedIn(portal, ANA);
    const cookie = ana.cookie;
    const { headers } = await ana.get('/apis');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(await ana.submit('/apis', '/sign-out')).toMatchObject({ status: 303, location: '/sign-in?done=signed-out' });
    const replayed = new PortalVisitor(portal);
    replayed.cookie = cookie;
    expect(await isSignedIn(replayed)).toBe(false);
    expect((await replayed.post('/tokens/revoke-all', { form_token: 'x' })).status).toBe(403);
  });

  it('S-295 po-reauth: end in other browsers with a new password, and this one continues under a new id', async () => {
    const portal = await aPortal();
    const [here, there] = [await signedIn(portal, ZOE), await signedIn(portal, ZOE)];
    const before = here.cookie;
    const fields = { new: 'another-password', again: 'another-password' };
    const wrong = await here.submit('/password', '/password', { ...fields, password: 'wrong' });
    expect(wrong.text).toContain('Nothing was changed');
    expect(await isSignedIn(there)).toBe(true);
    expect(await here.submit('/password', '/password', { ...fields, password: ZOE.password })).toMatchObject({
      status: 303,
    });
    expect([await isSignedIn(here), await isSignedIn(there)]).toEqual([true, false]);
    expect(here.cookie).not.toBe(before);
    const again = new PortalVisitor(portal);
    again.cookie = before;
    expect(await isSignedIn(again)).toBe(false);
    expect((await new PortalVisitor(portal).signIn({ ...ZOE, password: 'another-password' })).status).toBe(303);
  });

  it.each<[string, (portal: ServedPortal) => Promise<unknown>]>([
    ['a new password', ({ gate }) => gate.directory.users.setPassword(ZOE.username, ZOE.password)],
    [
      'disabling, and enabling again',
      async ({ gate }) => {
        await gate.directory.users.disable(ZOE.username);
        await gate.directory.users.enable(ZOE.username);
      },
    ],
    [
      'removal, and a new user of the same name',
      async ({ gate }) => {
        await gate.directory.users.remove(ZOE.username);
        await gate.directory.users.create({ username: 'zoe', organization: 'johnsorg', password: ZOE.password });
      },
    ],
  ])('S-295 po-reauth: end by %s elsewhere', async (_how, change) => {
    const portal = await aPortal();
    const zoe = await signedIn(portal, ZOE);
    await change(portal);
    expect(await isSignedIn(zoe)).toBe(false);
    expect((await new PortalVisitor(portal).signIn(ZOE)).status).toBe(303);
  });

  it('S-295 po-reauth: need the password to add or end a secret and to remove an application', async () => {
    const portal = await aPortal();
    const zoe = await signedIn(portal, ZOE);
    const { id } = await withKeys(zoe);
    const secrets = async () => (await portal.gate.directory.applications.find(id))?.keys.production?.secrets ?? [];
    const page = `/applications/${id}`;
    const [first] = await secrets();
    const tries: readonly [from: string, action: string][] = [
      [page, `${page}/secrets`],
      [`${page}/secrets/${first?.id}`, `${page}/secrets/${first?.id}`],
      [`${page}/remove`, `${page}/remove`],
    ];
    for (const [from, action] of tries) {
      for (const fields of [
        {},
        { password: '' },
        { password: 'wrong' },
        { password: ANA.password },
      ] as readonly Fields[]) {
        expect((await zoe.submit(from, action, fields)).text).toContain('Nothing was changed');
      }
    }
    expect(await secrets()).toHaveLength(1);
    expect((await zoe.submit(page, `${page}/secrets`, { password: ZOE.password })).text).toContain('consumer-secret');
    expect(await secrets()).toHaveLength(2);
    await zoe.submit(`${page}/secrets/${first?.id}`, `${page}/secrets/${first?.id}`, { password: ZOE.password });
    expect((await secrets()).map((secret) => secret.id)).not.toContain(first?.id);
    await zoe.submit(`${page}/remove`, `${page}/remove`, { password: ZOE.password });
    expect(await portal.gate.directory.applications.find(id)).toBeUndefined();
  });
});

it("a session ends after eight hours by the gate's clock", async () => {
  const clock = aClock();
  const portal = await servePortal({ clock: clock.now });
  const ana = await signedIn(portal, ANA);
  clock.advance(8 * 3600 - 1);
  expect(await isSignedIn(ana)).toBe(true);
  clock.advance(1);
  expect(await isSignedIn(ana)).toBe(false);
});

describe("S-284 po-cookie: the portal's cookie", () => {
  it('is for all paths of this host and no other, and for https if the issuer is https', async () => {
    const plain = await servePortal();
    expect((await fetch(`${plain.url}/store/sign-in`)).headers.getSetCookie()).toEqual([
      expect.stringMatching(/^scopegate=v[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax$/) as string,
    ]);
    const tls = await servePortal({ issuer: 'https://api.example.com' });
    expect((await fetch(`${tls.url}/store/sign-in`)).headers.getSetCookie()).toEqual([
      expect.stringMatching(/^__Host-scopegate=v[A-Za-z0-9_-]{43}; Path=\/; Secure; HttpOnly; SameSite=Lax$/) as string,
    ]);
  });

  it('is rejected if it is too short, too long, contains other characters, or is repeated', async () => {
    const portal = await servePortal();
    const ana = await signedIn(portal, ANA);
    const good = ana.cookie ?? '';
    for (const cookie of [
      good.slice(0, -1),
      `${good}A`,
      `${good.slice(0, -1)}!`,
      `${good}; ${good}`,
      'scopegate=',
      'scopegate=s',
      `${good}.AAAAAAAA`,
      `${good}; scopegate=s${'A'.repeat(43)}`,
      `scopegate=v${'A'.repeat(43)}; ${good}`,
    ]) {
      const other = new PortalVisitor(portal);
      other.cookie = cookie;
      expect(await isSignedIn(other)).toBe(false);
    }
    const other = new PortalVisitor(portal);
    other.cookie = `a=b;${good} ; c=d`;
    expect(await isSignedIn(other)).toBe(true);
  });

  it('is accepted beside the cookie of an earlier version, whose value ended with a mark of the mount', async () => {
    const portal = await servePortal();
    const earlier = `scopegate=s${'A'.repeat(43)}.AAAAAAAA`;
    const visitor = new PortalVisitor(portal);
    visitor.cookie = earlier;
    await visitor.signIn(ANA);
    const good = visitor.cookie;
    for (const cookie of [`${earlier}; ${good}`, `${good}; ${earlier}`]) {
      visitor.cookie = cookie;
      expect(await isSignedIn(visitor)).toBe(true);
    }
    visitor.cookie = earlier;
    expect(await isSignedIn(visitor)).toBe(false);
  });
});

describe('S-293 po-brute: sign-ins in the portal and at the token endpoint are counted together,', () => {
  const atEndpoint = (portal: ServedPortal, password: string) =>
    postAsApplication(portal, '/token', { grant_type: 'password', username: BEN.username, password, scope: 'read' });

  it('so that ten wrong ones in the portal block the token endpoint', async () => {
    const portal = await servePortal();
    for (let count = 0; count < 10; count += 1) await new PortalVisitor(portal).signIn({ ...BEN, password: 'wrong' });
    expect((await atEndpoint(portal, BEN.password)).status).toBe(400);
  });

  it('so that ten wrong ones at the token endpoint block the portal, and an administrator unlocks both', async () => {
    const portal = await servePortal();
    for (let count = 0; count < 10; count += 1) expect((await atEndpoint(portal, 'wrong')).status).toBe(400);
    const refused = await new PortalVisitor(portal).signIn(BEN);
    expect(refused.text).toContain('The user name or the password is wrong.');
    const ada = await signedIn(portal, ADA);
    const ben = { username: BEN.username };
    const form_token = await ada.formToken('/admin/users', '/sign-out');
    expect((await ada.post('/admin/users/unlock', { form_token, ...ben })).status).toBe(303);
    expect((await new PortalVisitor(portal).signIn(BEN)).status).toBe(303);
  });

  it('and too many from one address are answered 429 with the time to wait', async () => {
    const portal = await servePortal({ throttle: { address: { failures: 3, window: 60 } } });
    for (const { username } of [ANA, BEN, ADA]) await new PortalVisitor(portal).signIn({ username, password: 'wrong' });
    await new PortalVisitor(portal).signIn({ username: EVE.username, password: 'wrong' });
    const { status, text, headers } = await new PortalVisitor(portal).signIn(ANA);
    expect(status).toBe(429);
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    expect(text).toContain(LANGUAGES.en.problems.tryAgainIn(Number(headers.get('retry-after'))));
    expect((await atEndpoint(portal, BEN.password)).status).toBe(429);
  });

  it('and password confirmations count as well', async () => {
    const portal = await withZoe(await servePortal());
    const zoe = await signedIn(portal, ZOE);
    const fields = { password: 'wrong', new: 'x', again: 'x' };
    for (let count = 0; count < 10; count += 1) await zoe.submit('/password', '/password', fields);
    expect((await zoe.submit('/password', '/password', { ...fields, password: ZOE.password })).text).toContain(
      'Nothing was changed',
    );
  });
});

describe('S-294 po-enum', () => {
  const bodyOf = (text: string): string => text.replaceAll(/value="[^"]*"/g, '');

  it('a sign-in gets the same answer for an unknown user, a disabled user and a wrong password', async () => {
    const portal = await withZoe(await servePortal());
    await portal.gate.directory.users.disable(ZOE.username);
    const tries = [
      ZOE,
      { ...ANA, password: 'wrong' },
      { username: 'nobody@johnsorg', password: 'x' },
      { username: 'x@nowhere', password: 'x' },
      { username: 'plain', password: 'x' },
    ];
    const pages = [];
    for (const user of tries) pages.push(await new PortalVisitor(portal).signIn(user));
    expect(new Set(pages.map(({ status, text }) => `${status} ${bodyOf(text)}`)).size).toBe(1);
  });

  it('a sign-up gets the same answer for a free name and a taken name', async () => {
    const portal = await servePortal({}, openSignUp);
    const answers = [];
    for (const fullName of ['new@johnsorg', ANA.username]) {
      const [username = '', organization = ''] = fullName.split('@');
      const fields = { username, organization, password: 'new-password', again: 'new-password' };
      answers.push(await new PortalVisitor(portal).submit('/sign-up', '/sign-up', fields));
    }
    expect(answers.map(({ status, location }) => [status, location])).toEqual(
      Array.from({ length: 2 }, () => [303, '/sign-in?done=signed-up']),
    );
    expect((await new PortalVisitor(portal).signIn(ANA)).status).toBe(303); // the taken one is as it was
    expect(
      (await new PortalVisitor(portal).signIn({ username: 'new@johnsorg', password: 'new-password' })).status,
    ).toBe(303);
  });
});

it('S-300 po-sessionstore: while Redis is unavailable pages are answered 503, and the session survives', async () => {
  const own = await ownRedis();
  const portal = await servePortal({ redis: aRedis({}, own.url), prefix: randomPrefix(), deadline: 2_000 });
  const ana = await signedIn(portal, ANA);
  const cookie = ana.cookie;
  own.pause();
  const answer = await ana.get('/apis');
  expect(answer.status).toBe(503);
  expect(answer.text).not.toContain(ANA.username);
  expect(ana.cookie).toBe(cookie);
  expect((await ana.get('/assets/portal.css')).status).toBe(200);
  own.resume();
  await portal.gate.ready();
  expect(await isSignedIn(ana)).toBe(true);
});

it('S-295 po-reauth: external users are signed out when their organization is disabled', async () => {
  const { users: _declared, ...options } = portalOptions();
  const portal = await servePortal({ ...options, users: (username) => ({ id: username }) });
  await portal.gate.directory.organizations.create({ key: 'neworg' });
  const bob = await signedIn(portal, { username: 'bob@neworg', password: 'x' });
  expect(await isSignedIn(bob)).toBe(true);
  await portal.gate.directory.organizations.disable('neworg');
  expect(await isSignedIn(bob)).toBe(false);
  await portal.gate.directory.organizations.enable('neworg');
  expect(await isSignedIn(bob)).toBe(false);
});

it('a users function is called by the portal without a client, and its roles apply from the sign-in on', async () => {
  const asked: unknown[] = [];
  const { users: _declared, ...options } = portalOptions();
  const portal = await servePortal({
    ...options,
    ...(await onRedis()),
    users: (username, password, context) => {
      asked.push([username, context.organization, context.clientId]);
      return username === 'kim' && password === 'pw' ? { id: 'u-1', roles: ['clerk'] } : null;
    },
  });
  const kim = await signedIn(portal, { username: 'kim@johnsorg', password: 'pw' });
  expect(asked).toEqual([['kim', 'johnsorg', undefined]]);
  expect((await kim.get('/sign-up')).status).toBe(404);
  expect((await kim.get('/password')).text).toContain('managed outside this portal');
  expect(
    (await kim.post('/password', { form_token: await kim.formToken('/apis', '/sign-out'), password: 'pw' })).text,
  ).toContain('managed outside this portal');
  const { id } = await withKeys(kim);
  expect(await portal.gate.directory.applications.find(id)).toMatchObject({
    owner: 'u-1@johnsorg',
    organization: 'johnsorg',
  });
  await portal.gate.directory.applications.subscribe(id, 'orders');
  const fields = { client: `${id}.production`, for: 'user', 'scope update': 'on' };
  const { text } = await kim.submit('/generate-token', '/generate-token', fields);
  expect(text).toMatch(/data-testid="granted-scope"[^>]*>update</);
});
