import type { Gate } from 'scopegate';
import { aMadeApplication } from '../support/gate/api-gate';
import { aClock } from '../support/time/clock';
import { everyStore } from '../support/stores/every-store';
import { aGate, APPLICATION, type TestGate, type TestScope } from '../support/gate/gate';
import { recordEvents } from '../support/gate/recorded-events';
import { refresh } from '../support/tokens/refreshing';
import { aSource } from '../support/tokens/token-requests';
import { passwordForm } from '../support/tokens/forms';
import { grantIdOf } from '../support/tokens/tokens';

const NOW = 1_800_000_000;

describe.each(everyStore)('a gate with an external users function, over %s,', (_name, freshStore) => {
  /** Ana, who can be let go. */
  const anas = async () => {
    const { users: verify } = aSource();
    let isThere = true;
    const tested = aGate({
      ...(await freshStore()),
      clock: aClock(NOW).now,
      organizations: [],
      users: { verify, find: () => (isThere ? { roles: ['clerk'] } : null) },
      scopes: {
        read: 'See orders',
        update: { description: 'Change orders', roles: ['clerk'], recheckRoles: true },
        admin: 'Change everything',
      },
      applications: [{ name: 'App', consumerKey: APPLICATION[0], consumerSecret: APPLICATION[1] }],
    });
    const tokens = await tested.signIn(['ana', 'any'], 'read update');
    const letGo = (): void => {
      isThere = false;
    };
    const facts = {
      grantId: grantIdOf(tokens.access_token),
      clientId: APPLICATION[0],
      subject: 'ana',
      environment: 'production',
    };
    return { ...tested, tokens, facts, letGo, events: recordEvents(tested.gate) };
  };

  it('emits one revoke event for a deleted user at a refresh', async () => {
    const tested = await anas();
    tested.letGo();
    await refresh(tested, tested.tokens.refresh_token).expect(400);
    expect(tested.events).toStrictEqual([
      { type: 'revoke', because: 'gone', ends: 'grants', ...tested.facts, at: NOW },
      { type: 'deny', place: 'token', status: 400, reason: 'invalid_grant', clientId: APPLICATION[0], at: NOW },
    ]);
  });

  it('emits one revoke event for a deleted user at a guard that re-checks roles, and none after it', async () => {
    const { get, letGo, tokens, facts, events } = await anas();
    letGo();
    await get('/me', tokens.access_token).expect(401);
    const denied = { type: 'deny', place: 'guard', status: 401, reason: 'invalid_token', needs: [], at: NOW };
    expect(events).toStrictEqual([
      { type: 'revoke', because: 'gone', ends: 'grants', ...facts, at: NOW },
      { ...denied, ...facts },
    ]);
    events.splice(0);
    await get('/me', tokens.access_token).expect(401);
    expect(events).toStrictEqual([denied]);
  });
});

describe.each(everyStore)('a gate whose users function runs during a change, over %s,', (_name, freshStore) => {
  /** A gate whose users function acts while it is called, and an application that is created at run time. */
  const interrupted = async (act: (gate: Gate<TestScope>, id: string) => Promise<unknown>) => {
    let applicationId = '';
    const tested: TestGate = aGate({
      ...(await freshStore()),
      clock: aClock(NOW).now,
      organizations: [],
      applications: [],
      users: async (username) => {
        await act(tested.gate, applicationId);
        return { id: username };
      },
    });
    const { id, keys, clientId } = await aMadeApplication(tested, { owner: 'ana' });
    applicationId = id;
    return { ...tested, keys, clientId, events: recordEvents(tested.gate) };
  };

  it('emits that the tokens were revoked and the request refused, and no issue event', async () => {
    const { token, keys, clientId, events } = await interrupted(({ directory }, id) =>
      directory.applications.disable(id),
    );
    await token(passwordForm(['ana', 'any'], 'read'), keys).expect(503);
    const [undone, denied, ...more] = events.filter((event) => !('because' in event && event.because === 'disabled'));
    expect(undone).toStrictEqual({
      type: 'revoke',
      because: 'undone',
      ends: 'grants',
      grantId: expect.stringMatching(/^[\w-]{16}$/),
      clientId,
      subject: 'ana',
      environment: 'production',
      at: NOW,
    });
    expect(denied).toStrictEqual({
      type: 'deny',
      place: 'token',
      status: 503,
      reason: 'rights_changed',
      clientId,
      at: NOW,
    });
    expect(more).toEqual([]);
  });

  it('emits only the refusal when the users function fails', async () => {
    const { token, keys, clientId, events } = await interrupted(() => Promise.reject(new Error('down')));
    await token(passwordForm(['ana', 'any'], 'read'), keys).expect(503);
    const denied = { type: 'deny', place: 'token', clientId, at: NOW };
    expect(events).toStrictEqual([{ ...denied, status: 503, reason: 'users_failed' }]);
  });
});
