import { aClock } from '../support/time/clock';
import { everyStore } from '../support/stores/every-store';
import { aGate, JANE, JOHN, type Pair, type TestGate } from '../support/gate/gate';
import { expectCleanAnswer } from '../support/expect/clean-answer';
import { anotherApplication, refresh, REFUSED_REFRESH, refreshed, refusedRefresh } from '../support/tokens/refreshing';
import { KIM, createKim } from '../support/gate/kim';

describe.each(everyStore)('the end of a refresh token in %s', (_name, freshStore) => {
  const clock = aClock();
  const start = clock.now();
  beforeEach(() => clock.set(start));

  const open = async (overrides: Parameters<typeof aGate>[0] = {}): Promise<TestGate> =>
    aGate({ ...(await freshStore()), clock: clock.now, ...overrides });

  it('S-134 S-137 occurs in the exact millisecond in which it expires', async () => {
    const gate = await open({ tokens: { refreshTokenLifetime: 100 } });
    const inTime = await gate.signIn();
    const late = await gate.signIn();
    clock.set(start + 99.999);
    const next = await refreshed(gate, inTime);
    clock.set(start + 100);
    await refusedRefresh(gate, late.refresh_token);
    clock.set(start + 100.001);
    await refusedRefresh(gate, late.refresh_token);
    clock.set(start + 199.998);
    await refreshed(gate, next); // the life of the successor began with the rotation
  });

  it('S-134 is not undone by the grace window if the token itself has expired', async () => {
    const gate = await open({ tokens: { refreshTokenLifetime: 100, refreshGrace: 10 } });
    const issued = await gate.signIn();
    clock.set(start + 95);
    const next = await refreshed(gate, issued);
    clock.set(start + 99.999);
    expect(await refreshed(gate, issued)).toEqual(next);
    clock.set(start + 100);
    await refusedRefresh(gate, issued.refresh_token);
  });

  it('S-135 follows the end of its user', async () => {
    const gate = await open();
    await createKim(gate);
    const { users } = gate.gate.directory;
    const disabled = await gate.signIn(KIM);
    await users.disable(KIM[0]);
    await refusedRefresh(gate, disabled.refresh_token);
    await users.enable(KIM[0]);
    await refusedRefresh(gate, disabled.refresh_token);

    const oldPassword = await gate.signIn(KIM);
    await users.setPassword(KIM[0], 'another-password');
    await refusedRefresh(gate, oldPassword.refresh_token);

    const removed = await gate.signIn([KIM[0], 'another-password']);
    await users.remove(KIM[0]);
    await refusedRefresh(gate, removed.refresh_token);
    await createKim(gate);
    await refusedRefresh(gate, removed.refresh_token);
  });

  it('S-135 follows the end of its client', async () => {
    const gate = await open();
    const { id, keys } = await anotherApplication(gate);
    const { applications } = gate.gate.directory;
    const issued = await gate.signIn(JOHN, 'read', keys);
    await applications.disable(id);
    const answer = await refresh(gate, issued.refresh_token, undefined, keys);
    expectCleanAnswer(answer, { status: 401, error: 'invalid_client' });
    await applications.enable(id);
    await refusedRefresh(gate, issued.refresh_token, keys);
    await gate.get('/me', issued.access_token).expect(401);
  });

  it('S-135 follows the end of its organization', async () => {
    const gate = await open();
    const { organizations, users, applications } = gate.gate.directory;
    await organizations.create({ key: 'other' });
    await users.create({ username: 'kim', organization: 'other', password: KIM[1] });
    const { id } = await applications.create({ name: 'Its app', owner: 'kim@other' });
    const { clientId, clientSecret } = await applications.generateKeys(id, { environment: 'production' });
    const keys: Pair = [clientId, clientSecret];
    const issued = await gate.signIn(['kim@other', KIM[1]], 'read', keys);

    await organizations.disable('other');
    await refresh(gate, issued.refresh_token, undefined, keys).expect(401);
    await organizations.enable('other');
    await refusedRefresh(gate, issued.refresh_token, keys);
  });

  it('S-136 occurs with that of its grant, however often it is rotated', async () => {
    const tokens = { grantLifetime: 100, refreshTokenLifetime: 60, refreshGrace: 0 };
    const gate = await open({ tokens });
    let pair = await gate.signIn();
    for (const at of [50, 90, 99, 99.999]) {
      clock.set(start + at);
      pair = await refreshed(gate, pair);
    }
    clock.set(start + 100);
    await refusedRefresh(gate, pair.refresh_token);
  });

  it('S-141 leaves the earlier access token alive until the grace window closes, and no longer', async () => {
    const gate = await open({ tokens: { refreshGrace: 10, accessTokenLifetime: 100 } });
    const first = await gate.signIn();
    clock.advance(50);
    const second = await refreshed(gate, first);
    clock.advance(9.999);
    await gate.get('/me', first.access_token).expect(200);
    clock.advance(0.001);
    await gate.get('/me', first.access_token).expect(401);
    await gate.get('/me', second.access_token).expect(200);

    clock.set(start + 145);
    await refreshed(gate, second);
    clock.set(start + 149.999);
    await gate.get('/me', second.access_token).expect(200);
    clock.set(start + 150);
    await gate.get('/me', second.access_token).expect(401); // its own expiry came before the window's end
  });

  it('S-141 ends the earlier access token immediately if there is no grace window', async () => {
    const gate = await open({ tokens: { refreshGrace: 0 } });
    const first = await gate.signIn();
    const second = await refreshed(gate, first);
    await gate.get('/me', first.access_token).expect(401);
    await gate.get('/me', second.access_token).expect(200);
  });
});

describe('a refresh with external users', () => {
  it('S-135 ends the grant of a user who is gone, and spends nothing while the users function fails', async () => {
    let find: () => { roles: readonly string[] } | null = () => ({ roles: ['clerk'] });
    const verify = () => ({ id: 'u-1', roles: ['clerk'] });
    const gate = aGate({ users: { verify, find: () => find() }, tokens: { refreshGrace: 0 } });
    const issued = await gate.signIn(JANE, 'read update');

    find = () => {
      throw new Error('the users are away');
    };
    const away = await refresh(gate, issued.refresh_token);
    expectCleanAnswer(away, { status: 503, error: 'temporarily_unavailable', without: ['the users are away'] });
    find = () => ({ roles: [] });
    const narrowed = await refreshed(gate, issued);
    expect(narrowed.scope).toBe('read');

    find = () => null;
    await refresh(gate, narrowed.refresh_token).expect(400, REFUSED_REFRESH);
    find = () => ({ roles: ['clerk'] });
    await refusedRefresh(gate, narrowed.refresh_token);
    await gate.get('/me', narrowed.access_token).expect(401);
  });
});
