import { aClock } from '../support/time/clock';
import { everyStore } from '../support/stores/every-store';
import { aGate, APPLICATION, JOHN, type Pair, type TestGate } from '../support/gate/gate';
import { recordEvents } from '../support/gate/recorded-events';
import { refresh, refreshed, refusedRefresh, REFUSED_REFRESH } from '../support/tokens/refreshing';
import { refreshForm } from '../support/tokens/forms';

const BOTH = 'read update';
const SAM: Pair = ['sam', 'sam-password'];

describe.each(everyStore)('a repeated refresh inside the grace window, in %s,', (_name, freshStore) => {
  const clock = aClock();
  const start = clock.now();
  beforeEach(() => clock.set(start));

  const open = async (overrides: Parameters<typeof aGate>[0] = {}): Promise<TestGate> =>
    aGate({ ...(await freshStore()), clock: clock.now, tokens: { refreshGrace: 10 }, deadline: 5_000, ...overrides });

  it.each([
    [undefined, 'read'],
    [undefined, BOTH],
    ['read', undefined],
    ['read', 'update'],
    ['read', BOTH],
    [BOTH, 'read'],
    [BOTH, undefined],
    [undefined, 'admin'],
    ['read', 'nonsense'],
  ])('is not a repeat if the first requested "%s" and the second "%s", and ends nothing', async (asked, other) => {
    const gate = await open();
    const first = await gate.signIn(JOHN, BOTH);
    const second = await refreshed(gate, first, asked);
    await refresh(gate, first.refresh_token, other).expect(400, REFUSED_REFRESH);
    expect(await refreshed(gate, first, asked)).toEqual(second);
    await gate.get('/me', second.access_token).expect(200);
    await refreshed(gate, second);
  });

  it.each([
    ['read update', 'update read'],
    ['read update', 'read update read'],
    ['read', 'read default'],
    [undefined, 'default'],
    [undefined, ''],
    ['read', ' read '],
    ['read update', 'read  update'],
  ])('is a repeat if the first requested "%s" and the second "%s", which is the same', async (asked, same) => {
    const gate = await open();
    const first = await gate.signIn(JOHN, BOTH);
    const second = await refreshed(gate, first, asked);
    expect(await refreshed(gate, first, same)).toEqual(second);
  });

  it('is a repeat with any client authentication method', async () => {
    const gate = await open();
    const first = await gate.signIn(JOHN, BOTH);
    const second = await refreshed(gate, first, 'read');
    const [client_id, client_secret] = APPLICATION;
    const form = refreshForm(first.refresh_token, 'read');
    const { body } = await gate.token({ ...form, client_id, client_secret }, null).expect(200);
    expect(body).toEqual(second);
  });

  it('ends the grant after the window, whatever it requests', async () => {
    const gate = await open();
    const first = await gate.signIn(JOHN, BOTH);
    const second = await refreshed(gate, first, 'read');
    clock.advance(10);
    await refresh(gate, first.refresh_token, 'update').expect(400, REFUSED_REFRESH);
    await gate.get('/me', second.access_token).expect(401);
    await refusedRefresh(gate, second.refresh_token);
  });

  it('may be one of many concurrent ones, none of which gets more than it requested', async () => {
    const gate = await open();
    const first = await gate.signIn(JOHN, BOTH);
    const asked = Array.from({ length: 30 }, (_, index) => ['read', 'update', BOTH][index % 3] ?? '');
    const answers = await Promise.all(asked.map((scope) => refresh(gate, first.refresh_token, scope)));
    const given = answers.map(({ status, body }, index) => [status, status === 200 ? body.scope : asked[index]]);
    expect(given.map(([, scope]) => scope)).toEqual(asked);
    expect(given.filter(([status]) => status === 200).length).toBeGreaterThanOrEqual(10);
    const won = answers.find(({ status }) => status === 200)?.body as { access_token: string; refresh_token: string };
    await gate.get('/me', won.access_token).expect(200);
    await refreshed(gate, won);
  });

  describe('if the user has fewer roles than before,', () => {
    /** A gate whose users are kept elsewhere, where roles change without notice. */
    const openElsewhere = async (ungrantedScopes: 'drop' | 'reject' = 'drop') => {
      let roles: readonly string[] = ['clerk'];
      const gate = await open({
        organizations: [],
        applications: [{ name: 'Orders app', consumerKey: APPLICATION[0], consumerSecret: APPLICATION[1] }],
        users: { verify: () => ({ id: 'sam', roles }), find: () => ({ roles }) },
        ungrantedScopes,
      });
      const setRoles = (present: readonly string[]): void => {
        roles = present;
      };
      return { ...gate, setRoles, events: recordEvents(gate.gate) };
    };

    it('is answered with the remaining rights, and emits a replay event that says so', async () => {
      const gate = await openElsewhere();
      const first = await gate.signIn(SAM, BOTH);
      const second = await refreshed(gate, first);
      gate.setRoles([]);
      gate.events.splice(0);
      clock.advance(5);
      const third = await refreshed(gate, first);
      const replay = { type: 'replay', subject: 'sam', clientId: APPLICATION[0], at: start + 5 };
      expect(gate.events).toMatchObject([{ ...replay, answer: 'replaced', scopes: ['read'] }]);
      expect(third.scope).toBe('read');
      await gate.get('/me', second.access_token).expect(401);
      await gate.put('/orders/1', third.access_token).expect(403);

      gate.events.splice(0);
      expect(await refreshed(gate, first)).toEqual(third);
      expect(gate.events).toMatchObject([{ ...replay, answer: 'same', scopes: ['read'] }]);
    });

    it('does not extend the window by its new answer', async () => {
      const gate = await openElsewhere();
      const first = await gate.signIn(SAM, BOTH);
      await refreshed(gate, first);
      gate.setRoles([]);
      clock.advance(9);
      const third = await refreshed(gate, first);
      clock.advance(1);
      await refusedRefresh(gate, first.refresh_token);
      await gate.get('/me', third.access_token).expect(401);
    });

    it('gets no scope back that it did not request', async () => {
      const gate = await openElsewhere();
      const first = await gate.signIn(SAM, BOTH);
      expect((await refreshed(gate, first, 'update')).scope).toBe('update');
      gate.setRoles([]);
      expect((await refreshed(gate, first, 'update')).scope).toBe('default');
    });

    it('is refused if a scope that cannot be granted is a refusal', async () => {
      const gate = await openElsewhere('reject');
      const first = await gate.signIn(SAM, BOTH);
      await refreshed(gate, first, BOTH);
      gate.setRoles([]);
      const answer = await refresh(gate, first.refresh_token, BOTH);
      expect([answer.status, answer.body]).toEqual([400, expect.objectContaining({ error: 'invalid_scope' })]);
    });

    it('gets one pair with the remaining rights for all concurrent repeats', async () => {
      const gate = await openElsewhere();
      const first = await gate.signIn(SAM, BOTH);
      await refreshed(gate, first);
      gate.setRoles([]);
      const answers = await Promise.all(Array.from({ length: 20 }, () => refresh(gate, first.refresh_token)));
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
      expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    });
  });
});
