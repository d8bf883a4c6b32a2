import { everyStore } from '../support/stores/every-store';
import { auditEntries } from '../support/portal/audit-entries';
import {
  ADA,
  ANA,
  BEN,
  portalOptions,
  servePortal,
  tokenOfAna,
  type ServedPortal,
} from '../support/portal/served-portal';
import { hiddenFields, signedIn, type PortalVisitor } from '../support/portal/visitor';

const PATH = '/sign-out-everywhere';
const ZOE = { username: 'zoe@johnsorg', password: 'zoe-password' };

const isSignedIn = async (visitor: PortalVisitor): Promise<boolean> => (await visitor.get('/apis')).status === 200;

const isAccepted = async ({ url }: ServedPortal, token: string): Promise<boolean> =>
  (await fetch(`${url}/orders/`, { headers: { Authorization: `Bearer ${token}` } })).status === 200;

const wordsOf = (text: string): string => text.replaceAll(/<[^>]*>/g, ' ').replaceAll(/\s+/g, ' ');

describe.each(everyStore)('Sign out everywhere in %s', (_name, freshStore) => {
  it('ends the sessions of a user in all browsers and the tokens issued for the user, after a confirmation', async () => {
    const portal = await servePortal(await freshStore());
    const [here, there, ben] = [await signedIn(portal, ANA), await signedIn(portal, ANA), await signedIn(portal, BEN)];
    const token = await tokenOfAna(portal);
    const { accessToken: ofApplication } = await portal.gate.tokens.issue({ clientId: 'key', scopes: ['read'] });

    const { text } = await here.get(PATH);
    expect(text).toContain('<button class="danger">Sign out everywhere</button>');
    expect(wordsOf(text)).toContain(
      'Your sessions in all browsers, this one included, and all tokens issued for you end.',
    );
    expect(wordsOf(text)).toContain('1 token of 1 application ends now.');
    expect([await isSignedIn(there), await isAccepted(portal, token)]).toEqual([true, true]);

    const cookie = here.cookie;
    const done = await here.post(PATH, hiddenFields(text, PATH));
    expect(done).toMatchObject({ status: 303, location: '/sign-in?done=signed-out-everywhere' });
    expect(here.cookie).not.toBe(cookie);
    expect(wordsOf((await here.get(done.location ?? '')).text)).toContain('You have signed out everywhere.');
    expect([await isSignedIn(here), await isSignedIn(there), await isSignedIn(ben)]).toEqual([false, false, true]);
    here.cookie = cookie;
    expect(await isSignedIn(here)).toBe(false);
    expect([await isAccepted(portal, token), await isAccepted(portal, ofApplication)]).toEqual([false, true]);
  });

  it('is in the audit of the organization', async () => {
    const portal = await servePortal(await freshStore());
    const [ada, ana] = [await signedIn(portal, ADA), await signedIn(portal, ANA)];
    await ana.submit(PATH, PATH);
    expect((await auditEntries(ada))[0]).toContain('Signed out everywhere');
  });
});

it('every user finds Sign out everywhere on the page of the password, also one whose password is kept elsewhere', async () => {
  const opener = new RegExp(
    `<form method="get" action="/store${PATH}">[^<]*<button class="danger">Sign out everywhere<`,
  );
  const portal = await servePortal();
  await portal.gate.directory.users.create({ username: 'zoe', organization: 'johnsorg', password: ZOE.password });
  for (const user of [ANA, ZOE]) expect((await (await signedIn(portal, user)).get('/password')).text).toMatch(opener);

  const { users: _declared, ...options } = portalOptions();
  const external = await servePortal({ ...options, users: (username) => ({ id: username }) });
  const jack = await signedIn(external, { username: 'jack@johnsorg', password: 'x' });
  expect((await jack.get('/password')).text).toMatch(opener);
  await jack.submit(PATH, PATH);
  expect(await isSignedIn(jack)).toBe(false);
});
