import { Registry } from 'prom-client';
import { samplesOf } from '../support/gate/metrics';
import { recordEvents } from '../support/gate/recorded-events';
import { everyStore } from '../support/stores/every-store';
import { BEN, openSignUp, servePortal, type ServedPortal } from '../support/portal/served-portal';
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

describe.each(everyStore)('the limit on sign-ups of a network, with %s', (_name, freshStore) => {
  it('refuses further ones with the limit and the time to wait, and affects no other network and no sign-in', async () => {
    const metrics = new Registry();
    const limits = { signUpsPerNetwork: 2 };
    const settings = { 'trust proxy': 1 };
    const portal = await servePortal({ ...(await freshStore()), limits, metrics }, { ...openSignUp, settings });
    const events = recordEvents(portal.gate);
    const from = async (address: string, username: string): Promise<PortalAnswer> => {
      const visitor = new PortalVisitor(portal);
      const form_token = await visitor.formToken('/sign-up', '/sign-up');
      const fields = { form_token, username, organization: 'johnsorg', ...PASSWORDS };
      return visitor.post('/sign-up', fields, { 'X-Forwarded-For': address });
    };
    // A taken name is counted too: the limit must not reveal that it is taken.
    for (const name of ['one', 'one']) expect(await from('192.0.2.1', name)).toMatchObject({ status: 303 });
    const refused = await from('192.0.2.1', 'two');
    expect(refused.status).toBe(429);
    expect(refused.text).toContain('Too many sign-ups from this network: the limit is 2 per hour. Try again in ');
    const wait = Number(refused.headers.get('Retry-After'));
    expect(wait).toBeGreaterThan(3_500);
    expect(wait).toBeLessThanOrEqual(3_600);
    expect(await from('192.0.2.2', 'three')).toMatchObject({ status: 303 });
    expect(await new PortalVisitor(portal).signIn(BEN)).toMatchObject({ status: 303 });

    const { users } = portal.gate.directory;
    expect(await users.find('two@johnsorg')).toBeUndefined();
    expect(await users.find('three@johnsorg')).toBeDefined();
    expect(events).toEqual([
      { type: 'limit', limit: 'signUpsPerNetwork', network: '192.0.2.1', at: expect.any(Number) as number },
    ]);
    expect(samplesOf(await metrics.metrics())).toContain('scopegate_limited_total{limit="signUpsPerNetwork"} 1');
  });

  it('does not apply if it is false', async () => {
    const portal = await servePortal({ ...(await freshStore()), limits: { signUpsPerNetwork: false } }, openSignUp);
    for (let count = 0; count < 22; count += 1) {
      expect(await signUp(portal, `user${count}`, 'johnsorg')).toMatchObject({ status: 303 });
    }
  });

  it('does not count a form with a fault', async () => {
    const portal = await servePortal({ ...(await freshStore()), limits: { signUpsPerNetwork: 1 } }, openSignUp);
    for (const organization of ['evilcorp', 'nowhere']) {
      expect(await signUp(portal, 'zoe', organization)).toMatchObject({ status: 400 });
    }
    expect(await signUp(portal, 'zoe', 'johnsorg')).toMatchObject({ status: 303 });
    expect(await signUp(portal, 'yan', 'johnsorg')).toMatchObject({ status: 429 });
  });
});
