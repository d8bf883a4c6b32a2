import { onRedis } from '../support/stores/every-store';
import { aGate, JOHN } from '../support/gate/gate';
import { collect } from '../support/stores/collect';
import { rejectionOf } from '../support/expect/thrown';
import { passwordForm, refreshForm } from '../support/tokens/forms';
import { DECLARED, pairOf } from '../support/gate/managed-directory';

describe('management on several machines with one Redis', () => {
  test('S-072 S-085 takes effect for all gates immediately', async () => {
    const store = await onRedis();
    const [here, there] = [aGate(store), aGate(store)];
    const { applications, users } = here.gate.directory;
    await users.create({ username: 'sam', organization: 'johnsorg', password: 'sam-password' });
    const { id } = await applications.create({ name: 'Shared', owner: JOHN[0] });
    const keys = pairOf(await applications.generateKeys(id, { environment: 'production' }));
    const { access_token, refresh_token } = await there.signIn(['sam@johnsorg', 'sam-password'], undefined, keys);
    expect((await here.get('/me', access_token)).status).toBe(200);

    await users.disable('sam@johnsorg');
    expect((await there.get('/me', access_token)).status).toBe(401);
    expect((await there.token(refreshForm(refresh_token), keys)).body).toMatchObject({ error: 'invalid_grant' });
    await there.gate.directory.applications.disable(id);
    expect((await here.token(passwordForm(JOHN), keys)).status).toBe(401);
  });

  test('lists no declared records that have left the options, and does not serve them', async () => {
    const store = await onRedis();
    const first = aGate(store);
    await first.signIn();
    await first.close();
    const second = aGate({ ...store, users: [], applications: [] });
    expect(await collect(second.gate.directory.users.list())).toEqual([]);
    expect(await collect(second.gate.directory.applications.list())).toEqual([]);
    expect((await second.token(passwordForm(JOHN))).status).toBe(401);
  });

  test('shows a declared record in place of a created one of the same name, and serves neither', async () => {
    const store = await onRedis();
    const first = aGate({ ...store, users: [] });
    await first.gate.directory.users.create({
      username: 'john@gmail.com',
      organization: 'johnsorg',
      password: 'made-password',
    });
    const second = aGate(store);
    await rejectionOf(second.gate.ready());
    for (const password of ['made-password', JOHN[1]]) {
      expect((await second.token(passwordForm([JOHN[0], password]))).status).toBe(400);
    }
    expect(await rejectionOf(second.gate.directory.users.disable(JOHN[0]))).toEqual(DECLARED);
    expect(
      (await collect(second.gate.directory.users.list())).filter(({ username }) => username === JOHN[0]),
    ).toHaveLength(1);
  });
});
