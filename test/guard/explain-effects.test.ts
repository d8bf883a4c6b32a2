import { StoreUnavailableError } from '../../src/protocol/errors';
import { onRedis } from '../support/stores/every-store';
import { anExplainedGate, GET } from '../support/gate/explained-gate';
import { JOHN, type TokenBody } from '../support/gate/gate';
import { recordEvents } from '../support/gate/recorded-events';
import { ownRedis } from '../support/redis/redis';
import { aRedis } from '../support/redis/clients';
import { commandsDuring } from '../support/redis/commands';
import { rejectionOf, thrownBy } from '../support/expect/thrown';
import { refreshForm } from '../support/tokens/forms';

describe('gate.explain', () => {
  const targets = [
    GET('/orders'),
    { method: 'PUT', path: '/orders/1' },
    GET('/stock'),
    GET('/orders/open'),
    GET('/orders/none/such'),
    'update' as const,
    { anyOf: ['count', 'audit'] as const },
  ];

  it('writes nothing to the store, emits no event and logs nothing', async () => {
    const own = await ownRedis();
    const tested = anExplainedGate({ redis: aRedis({}, own.url), cache: false }); // with a cache, a gate publishes a beat
    const [first, gone] = [await tested.signIn('read'), await tested.signIn('read')];
    await tested.gate.tokens.revoke({ token: gone.access_token });
    const { body } = await tested.token(refreshForm(first.refresh_token)).expect(200);
    const tokens = [first, gone, body as TokenBody].flatMap((pair) => [pair.access_token, pair.refresh_token]);
    const events = recordEvents(tested.gate);
    const before = tested.lines.length;
    const admin = await own.client();
    const run = await commandsDuring(admin, async () => {
      for (const token of [...tokens, 'nonsense'])
        for (const target of targets) await tested.gate.explain(token, target);
    });
    expect(Object.keys(run).length).toBeGreaterThan(0);
    expect(
      Object.keys(run).filter((name) => !['evalsha', 'eval', 'get', 'hget', 'hmget', 'hlen', 'hexists'].includes(name)),
    ).toEqual([]);
    expect(events).toEqual([]);
    expect(tested.lines.slice(before)).toEqual([]);
    admin.disconnect();
  });

  it('S-170 returns nothing of the token, and of the path only the template', async () => {
    const { gate, signIn } = anExplainedGate();
    const { access_token: live, refresh_token: refresh } = await signIn('read');
    const secret = 'c4n4ry-in-the-path';
    for (const token of [live, refresh, `${live}x`, secret]) {
      for (const target of [...targets, GET(`/orders/${secret}`), GET(`/${secret}?x=${secret}`)]) {
        const printed = JSON.stringify(await gate.explain(token, target));
        for (const text of [token, token.slice(20), secret].filter((one) => one !== ''))
          expect(printed).not.toContain(text);
      }
    }
  });

  it('returns an immutable result, so that the next explanation is the same', async () => {
    const { gate, signIn } = anExplainedGate();
    const { access_token: token } = await signIn('read');
    const first = await gate.explain(token, 'update');
    thrownBy(() => (first.rule?.names as string[] | undefined)?.splice(0));
    thrownBy(() => (first.token.auth?.scopes as string[] | undefined)?.push('update'));
    expect(await gate.explain(token, 'update')).toMatchObject({
      status: 403,
      token: { auth: { scopes: ['read'] } },
      rule: { names: ['update'] },
    });
  });

  it('S-304 rejects while the store is unavailable, and works again when it recovers', async () => {
    const own = await ownRedis();
    const tested = anExplainedGate({ redis: aRedis({}, own.url) });
    const { access_token: token } = await tested.signIn('read');
    await own.stop();
    for (const target of [GET('/orders'), 'read' as const])
      expect(await rejectionOf(tested.gate.explain(token, target))).toBeInstanceOf(StoreUnavailableError);
    expect(await tested.gate.explain('nonsense', 'read')).toMatchObject({ status: 401 }); // no store is needed for that
    await own.start();
    await tested.gate.ready();
    expect(await tested.gate.explain(token, 'read')).toMatchObject({ status: 401, token: { state: 'gone' } });
  });

  it('reads what another gate on the same store has just changed', async () => {
    const store = await onRedis();
    const [here, there] = [anExplainedGate(store), anExplainedGate(store)];
    const { access_token: token } = await here.signIn('read');
    expect(await there.gate.explain(token, 'read')).toMatchObject({ allowed: true });
    await here.gate.tokens.revoke({ user: JOHN[0] });
    expect(await there.gate.explain(token, 'read')).toMatchObject({ status: 401, token: { state: 'gone' } });
  });
});
