import { everyStore } from '../support/stores/every-store';
import { ADA, EVE, openSignUp, servePortal, portalOptions, type ServedPortal } from '../support/portal/served-portal';
import { signedIn, PortalVisitor, withKeys, type PortalAnswer } from '../support/portal/visitor';

const signUp = (portal: ServedPortal, fullName: string, password = 'sign-up-password'): Promise<PortalAnswer> => {
  const [username = '', organization = ''] = fullName.split('@');
  return new PortalVisitor(portal).submit('/sign-up', '/sign-up', {
    username,
    organization,
    password,
    again: password,
  });
};

describe('S-294 po-enum: a sign-up', () => {
  it.each([
    ['a name with a space', 'a b', 'sign-up-password'],
    ['a name with a look-alike letter', '\u212Aim', 'sign-up-password'],
    ['no password', 'new', ''],
    ['a password that is too short', 'new', 'seven77'],
    ['a common password', 'new', 'Password1'],
    ['its name for a password', 'new-user-name', 'new-user-name'],
    ['a password that is too long', 'new', 'p'.repeat(2_000)],
    ['a password with a line break', 'new', 'a\nb'],
  ])('with %s is refused before any user is read, whether the name is taken or not', async (_what, name, password) => {
    const portal = await servePortal({}, openSignUp);
    expect((await signUp(portal, `${name}@johnsorg`, password)).status).toBe(400);
    expect(await portal.gate.directory.users.find('new@johnsorg')).toBeUndefined();
  });

  it('in an organization that is not listed is answered alike, whether it exists or not', async () => {
    const portal = await servePortal({}, openSignUp);
    const answers = [];
    for (const organization of ['evilcorp', 'nowhere0']) {
      const { status, text, location } = await signUp(portal, `new@${organization}`);
      answers.push([status, location, text.replaceAll(/value="[^"]*"/g, '')]);
    }
    expect(answers[0]?.[0]).toBe(400);
    expect(answers[0]).toEqual(answers[1]);
    expect(await portal.gate.directory.users.find('new@evilcorp')).toBeUndefined();
  });

  it('takes as long as a password hash, whether its name is taken or owns applications', async () => {
    const { passwords: _cheap, ...options } = portalOptions();
    const costly = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };
    const applications =
      options.applications?.map((application) => ({ ...application, owner: 'ghost@johnsorg' })) ?? [];
    const free = { throttle: false, limits: { signUpsPerNetwork: false }, passwords: costly } as const;
    const portal = await servePortal({ ...options, applications, ...free }, openSignUp);
    const visitor = new PortalVisitor(portal);
    const form_token = await visitor.formToken('/sign-up', '/sign-up');
    const passwords = { password: 'sign-up-password', again: 'sign-up-password' };
    const timed = async (fullName: string): Promise<number> => {
      const [username = '', organization = ''] = fullName.split('@');
      const began = performance.now();
      const { status } = await visitor.post('/sign-up', { form_token, username, organization, ...passwords });
      const taken = performance.now() - began;
      expect(status).toBe(303);
      return taken;
    };
    const best = { free: Infinity, owning: Infinity };
    // The best of each: what else runs on the machine only adds, so it may take some rounds until both had a quiet one.
    for (let round = 0; round < 5 || (round < 100 && best.owning <= best.free / 2); round += 1) {
      best.free = Math.min(best.free, await timed(`new${round}@johnsorg`));
      best.owning = Math.min(best.owning, await timed('ghost@johnsorg'));
    }
    expect(best.owning).toBeGreaterThan(best.free / 2);
  });
});

describe.each(everyStore)('a sign-up, with %s', (_name, freshStore) => {
  const aPortal = async (more: Partial<Parameters<typeof servePortal>[0]> = {}): Promise<ServedPortal> =>
    servePortal({ ...(await freshStore()), ...more }, openSignUp);

  it('S-289 po-idor: does not give access to the applications of a removed user', async () => {
    const portal = await aPortal();
    const { users, applications } = portal.gate.directory;
    await users.create({ username: 'zoe', organization: 'johnsorg', password: 'old-password' });
    const zoe = await signedIn(portal, { username: 'zoe@johnsorg', password: 'old-password' });
    const { id } = await withKeys(zoe);
    await users.remove('zoe@johnsorg');
    for (const username of ['zoe@johnsorg', 'ZOE@JohnsOrg']) {
      expect(await signUp(portal, username, 'new-password')).toMatchObject({
        status: 303,
        location: '/sign-in?done=signed-up', // as where it works
      });
    }
    const newcomer = new PortalVisitor(portal);
    expect((await newcomer.signIn({ username: 'zoe@johnsorg', password: 'new-password' })).status).toBe(200);
    expect(await applications.find(id)).toMatchObject({ owner: 'zoe@johnsorg' });
  });

  it('S-289 po-idor: does not give access to a declared application whose owner does not exist yet', async () => {
    const [declared] = portalOptions().applications ?? [];
    if (declared === undefined) throw new Error('none is declared');
    const portal = await aPortal({ applications: [{ ...declared, owner: 'Ghost@johnsorg' }] });
    await signUp(portal, 'ghost@johnsorg');
    expect(await portal.gate.directory.users.find('ghost@johnsorg')).toBeUndefined();
  });

  it('is in the audit of its organization, in whatever case its key is written', async () => {
    const portal = await aPortal();
    await signUp(portal, 'Neu@JOHNSORG');
    expect((await (await signedIn(portal, ADA)).get('/admin/audit')).text).toContain('neu@johnsorg');
    expect((await (await signedIn(portal, EVE)).get('/admin/audit')).text).not.toContain('neu@');
  });
});
