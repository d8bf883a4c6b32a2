import { everyStore } from '../support/every-store';
import { ADA, ANA, BEN, EVE, serveStore, storeOptions, type ServedStore } from '../support/store';
import { postAsApplication } from '../support/store-request';
import { signedIn, StoreVisitor } from '../support/store-visitor';

const PAUSE = 'After 10 failed attempts sign-in from your network is paused for up to 15 minutes.';
const WRONG = 'The user name or the password is wrong.';

const attempt = async (store: ServedStore, user: { readonly username: string; readonly password: string }) =>
  (await new StoreVisitor(store).signIn(user)).text;

describe.each(everyStore)('after failed sign-ins in %s,', (_name, freshStore) => {
  it('the page shows from the fifth on for how long sign-in is paused, whether the user exists or not', async () => {
    const store = await serveStore(await freshStore());
    for (const username of [BEN.username, 'nobody@johnsorg', 'x@nowhere']) {
      for (let count = 1; count <= 12; count += 1) {
        const text = await attempt(store, { username, password: 'wrong' });
        expect(text).toContain(WRONG);
        expect([count, text.includes(PAUSE)]).toEqual([count, count >= 5]);
      }
    }
    // The right password is refused for the rest of the pause, in the same words.
    expect(await attempt(store, BEN)).toContain(`${WRONG} ${PAUSE}`);
    expect((await new StoreVisitor(store).signIn(ANA)).status).toBe(303);
  });

  it('the pause follows the options, and no pause is mentioned if there is none', async () => {
    const options = await freshStore();
    const short = await serveStore({ ...options, throttle: { accountAndAddress: { failures: 3, window: 90 } } });
    expect(await attempt(short, { ...BEN, password: 'wrong' })).not.toContain('paused');
    expect(await attempt(short, { ...BEN, password: 'wrong' })).toContain(
      'After 3 failed attempts sign-in from your network is paused for up to 90 seconds.',
    );
    const open = await serveStore({ ...(await freshStore()), throttle: false });
    for (let count = 0; count < 12; count += 1) {
      expect(await attempt(open, { ...BEN, password: 'wrong' })).not.toContain('paused');
    }
  });

  it('the pause is also shown where the password is confirmed', async () => {
    const store = await serveStore(await freshStore());
    await store.gate.directory.users.create({ username: 'zoe', organization: 'johnsorg', password: 'zoe-password' });
    const zoe = await signedIn(store, { username: 'zoe@johnsorg', password: 'zoe-password' });
    const fields = { password: 'wrong', new: 'new-password', again: 'new-password' };
    for (let count = 1; count <= 5; count += 1) {
      const { text } = await zoe.submit('/password', '/password', fields);
      expect(text).toContain('Nothing was changed.');
      expect(text.includes(PAUSE)).toBe(count === 5);
    }
  });

  it('the token endpoint answers alike, throttled or wrong, without Retry-After', async () => {
    const store = await serveStore(await freshStore());
    const ask = async (password: string) => {
      const form = { grant_type: 'password', username: BEN.username, password };
      const answer = await postAsApplication(store, '/token', form);
      return [answer.status, answer.headers.get('retry-after'), await answer.text()];
    };
    const wrong = await ask('wrong');
    for (let count = 0; count < 11; count += 1) expect(await ask('wrong')).toEqual(wrong);
    expect(await ask(BEN.password)).toEqual(wrong);
  });

  it('the audit has their network and name, and a flood of them is one entry with a count', async () => {
    const store = await serveStore(await freshStore());
    for (let count = 0; count < 9; count += 1) await attempt(store, { username: 'ADA@JohnsOrg', password: 'wrong' });
    await postAsApplication(store, '/token', { grant_type: 'password', username: BEN.username, password: 'wrong' });
    const { text } = await (await signedIn(store, ADA)).get('/admin/audit');
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
    const store = await serveStore(await freshStore());
    await attempt(store, { username: 'stranger@johnsorg', password: 'wrong' });
    await attempt(store, { username: `${'x'.repeat(400)}@johnsorg`, password: 'wrong' });
    await attempt(store, { username: 'my-secret-password', password: 'wrong' });
    await attempt(store, { username: 'my-secret-password@nowhere', password: 'wrong' });
    const [ada, eve] = [await signedIn(store, ADA), await signedIn(store, EVE)];
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
    const { users: _declared, ...options } = storeOptions();
    const users = {
      verify: (username: string) => ({ id: `${username}@evilcorp`, roles: ['admin'] }),
      find: () => ({ roles: ['admin'] }),
    };
    const store = await serveStore({ ...options, users });
    const bob = await signedIn(store, { username: 'bob@johnsorg', password: 'x' });
    await store.gate.tokens.issue({ clientId: 'key', subject: 'bob@evilcorp' });
    await store.gate.tokens.revoke({ user: 'bob@evilcorp' });
    const eve = await signedIn(store, { username: 'eve@evilcorp', password: 'x' });
    const theirs = (await eve.get('/admin/audit')).text;
    expect(theirs).not.toContain('bob@');
    expect((await bob.get('/admin/audit')).text).toContain('bob@johnsorg');
  });
});
