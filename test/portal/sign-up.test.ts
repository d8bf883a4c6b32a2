import { everyStore } from '../support/stores/every-store';
import { openSignUp, servePortal, type ServedPortal } from '../support/portal/served-portal';
import { PortalVisitor, type PortalAnswer } from '../support/portal/visitor';

const PASSWORDS = { password: 'zoe-password', again: 'zoe-password' };

const signUp = (portal: ServedPortal, username: string, organization?: string): Promise<PortalAnswer> =>
  new PortalVisitor(portal).submit('/sign-up', '/sign-up', {
    username,
    ...(organization === undefined ? {} : { organization }),
    ...PASSWORDS,
  });

describe.each(everyStore)('the organizations of a sign-up, with %s', (_name, freshStore) => {
  it('are those that the portal lists, with their names, as far as they exist and are enabled', async () => {
    const organizations = ['JohnsOrg', 'acme', 'closed', 'nowhere'];
    const portal = await servePortal(await freshStore(), { portal: { signUp: { organizations } } });
    await portal.gate.directory.organizations.create({ key: 'acme', name: 'Acme & Co' });
    await portal.gate.directory.organizations.create({ key: 'closed' });
    await portal.gate.directory.organizations.disable('closed');
    const { text } = await new PortalVisitor(portal).get('/sign-up');
    const offered = [...text.matchAll(/<option value="([^"]*)"[^>]*>([^<]*)</g)].map(([, key, label]) => [key, label]);
    expect(offered).toEqual([
      ['johnsorg', 'John&#39;s organization (johnsorg)'],
      ['acme', 'Acme &amp; Co (acme)'],
    ]);
    expect(await signUp(portal, 'zoe', 'acme')).toMatchObject({ status: 303 });
    expect(await portal.gate.directory.users.find('zoe@acme')).toMatchObject({ organization: 'acme', roles: [] });
    for (const organization of ['closed', 'nowhere']) {
      const { status, text: refusal } = await signUp(portal, 'zoe', organization);
      expect(status).toBe(400);
      expect(refusal).toContain('The organization does not accept new accounts at the moment.');
    }
    expect(await portal.gate.directory.users.find('zoe@closed')).toBeUndefined();
  });

  it('do not include one that the portal does not list, in plain words', async () => {
    const portal = await servePortal(await freshStore(), openSignUp);
    const { status, text } = await signUp(portal, 'stranger', 'evilcorp');
    expect(status).toBe(400);
    expect(text).toContain(
      'The organization must be one of these: johnsorg. For another one, ask its administrator for an account.',
    );
    expect(await portal.gate.directory.users.find('stranger@evilcorp')).toBeUndefined();
  });

  it('are none if the portal lists none, so that a sign-up is closed once there are organizations', async () => {
    const bare = { ...(await freshStore()), organizations: [], users: [], applications: [] };
    const portal = await servePortal(bare, { portal: { signUp: true } });
    const early = new PortalVisitor(portal);
    const form_token = await early.formToken('/sign-up', '/sign-up');
    expect(await signUp(portal, 'zoe')).toMatchObject({ status: 303 });
    await portal.gate.directory.organizations.create({ key: 'acme' });
    for (const organization of ['', 'acme']) {
      const { status, text } = await early.post('/sign-up', {
        form_token,
        username: 'yan',
        organization,
        ...PASSWORDS,
      });
      expect(status).toBe(400);
      expect(text).toContain('No new accounts are possible here.');
      expect(text).not.toContain('name="username"');
    }
    expect((await new PortalVisitor(portal).get('/sign-up')).text).toContain('No new accounts are possible here.');
    for (const name of ['yan', 'yan@acme']) expect(await portal.gate.directory.users.find(name)).toBeUndefined();
  });
});
