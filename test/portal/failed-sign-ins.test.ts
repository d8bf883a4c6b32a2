import { everyStore } from '../support/stores/every-store';
import { ADA, ANA, BEN, EVE, servePortal, portalOptions, type ServedPortal } from '../support/portal/served-portal';
import { postAsApplication } from '../support/portal/application-requests';
import { signedIn, PortalVisitor } from '../support/portal/visitor';

const PAUSE = 'After 10 failed attempts, sign-in from your network is paused for up to 15 minutes.';
const WRONG = 'The user name or the password is wrong.';

const attempt = async (portal: ServedPortal, user: { readonly username: string; readonly password: string }) =>
  (await new PortalVisitor(portal).signIn(user)).text;

describe.each(everyStore)('after failed sign-ins in %s,', (_name, freshStore) => {
  it('the page shows from the fifth on for how long sign-in is paused, whether the user exists or not', async () => {
    const portal = await servePortal(await freshStore());
    for (const username of [BEN.username, 'nobody@johnsorg', 'x@nowhere']) {
      for (let count = 1; count <= 12; count += 1) {
        const text = await attempt(portal, { username, password: 'wrong' });
        expect(text).toContain(WRONG);
        expect([count, text.includes(PAUSE)]).toEqual([count, count >= 5]);
      }
    }
    // The right password is refused for the rest of the pause, in the same words.
    expect(await attempt(portal, BEN)).toContain(`${WRONG} ${PAUSE}`);
    expect((await new PortalVisitor(portal).signIn(ANA)).status).toBe(303);
  });

  it('the pause follows the options, and no pause is mentioned if there is none', async () => {
    const options = await freshStore();
    const short = await servePortal({ ...options, throttle: { accountAndAddress: { failures: 3, window: 90 } } });
    expect(await attempt(short, { ...BEN, password: 'wrong' })).not.toContain('paused');
    expect(await attempt(short, { ...BEN, password: 'wrong' })).toContain(
      'After 3 failed attempts, sign-in from your network is paused for up to 90 seconds.',
    );
    const open = await servePortal({ ...(await freshStore()), throttle: false });
    for (let count = 0; count < 12; count += 1) {
      expect(await attempt(open, { ...BEN, password: 'wrong' })).not.toContain('paused');
    }
  });

  it('the pause is also shown where the password is confirmed', async () => {
    const portal = await servePortal(await freshStore());
    await portal.gate.directory.users.create({ username: 'zoe', organization: 'johnsorg', password: 'zoe-password' });
    const zoe = await signedIn(portal, { username: 'zoe@johnsorg', password: 'zoe-password' });
    const fields = { password: 'wrong', new: 'new-password', again: 'new-password' };
    for (let count = 1; count <= 5; count += 1) {
      const { text } = await zoe.submit('/password', '/password', fields);
      expect(text).toContain('Nothing was changed.');
      expect(text.includes(PAUSE)).toBe(count === 5);
    }
  });

  it('the token endpoint answers alike, throttled or wrong, without Retry-After', async () => {
    const portal = await servePortal(await freshStore());
    const ask = async (password: string) => {
      const form = { grant_type: 'password', username: BEN.username, password };
      const answer = await postAsApplication(portal, '/token', form);
      return [answer.status, answer.headers.get('retry-after'), await answer.text()];
    };
    const wrong = await ask('wrong');
    for (let count = 0; count < 11; count += 1) expect(await ask('wrong')).toEqual(wrong);
    expect(await ask(BEN.password)).toEqual(wrong);
  });

  it('the audit has their network and name, and a flood of them is one entry with a count', async () => {
    const portal = await servePortal(await freshStore());
    for (let count = 0; count < 9; count += 1) await attempt(portal, { username: 'ADA@JohnsOrg', password: 'wrong' });
    await postAsApplication(portal, '/token', { grant_type: 'password', username: BEN.username, password: 'wrong' });
    const { text } = await (await signedIn(portal, ADA)).get('/admin/audit');
    const rows = text.match(/<tr[ >][\s\S]*?<\/tr>/g)?.filter((row) => row.includes('Sign-in failed')) ?? [];
    const counts = rows
      .filter((row) => row.includes('ada@johnsorg'))
      .map((row) => Number(/× (\d+)/.exec(row)?.[1] ?? 1));
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(9);
    expect(counts.length).toBeLessThan(9);
    for (const row of rows) expect(row).toContain('from 127.0.0.1');
    const [atToken] = rows.filter((row) => row.includes(BEN.username));
    expect(atToken).toContain('<code>key</code>');
    expect(text).not.toContain('wrong-');
  });

  it('no other audit than that of the named organization has them', async () => {
    const portal = await servePortal(await freshStore());
    await attempt(portal, { username: 'stranger@johnsorg', password: 'wrong' });
    await attempt(portal, { username: `${'x'.repeat(400)}@johnsorg`, password: 'wrong' });
    await attempt(portal, { username: 'my-secret-password', password: 'wrong' });
    await attempt(portal, { username: 'my-secret-password@nowhere', password: 'wrong' });
    const [ada, eve] = [await signedIn(portal, ADA), await signedIn(portal, EVE)];
    // Long names may wrap.
    const ours = (await ada.get('/admin/audit')).text.replaceAll('<wbr />', '');
    expect(ours).toContain('stranger@johnsorg');
    expect(ours).toContain(`>${'x'.repeat(64)}@johnsorg<`);
    expect(ours).not.toContain('my-secret-password');
    expect((await eve.get('/admin/audit')).text).not.toMatch(/stranger|xxx|my-secret/);
  });
});

describe('the organization of an audit entry', () => {
  it('is never derived from an id that a users function returned', async () => {
    const { users: _declared, ...options } = portalOptions();
    const users = {
      verify: (username: string) => ({ id: `${username}@evilcorp`, roles: ['admin'] }),
      find: () => ({ roles: ['admin'] }),
    };
    const portal = await servePortal({ ...options, users });
    const bob = await signedIn(portal, { username: 'bob@johnsorg', password: 'x' });
    await portal.gate.tokens.issue({ clientId: 'key', subject: 'bob@evilcorp' });
    await portal.gate.tokens.revoke({ user: 'bob@evilcorp' });
    const eve = await signedIn(portal, { username: 'eve@evilcorp', password: 'x' });
    const theirs = (await eve.get('/admin/audit')).text;
    expect(theirs).not.toContain('bob@');
    expect((await bob.get('/admin/audit')).text).toContain('bob@johnsorg');
  });
});
