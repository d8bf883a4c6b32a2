import type { Redis } from 'ioredis';
import type { Response } from 'supertest';
import type { GateEventType, RedisLike } from 'scopegate';
import { readRefreshToken } from '../../src/protocol/secrets';
import { readTokens } from '../../src/stores/redis/token-scripts';
import { aClock } from '../support/time/clock';
import { aGate, JOHN, type Pair, type TestGate, type TokenBody } from '../support/gate/gate';
import { collect } from '../support/stores/collect';
import { randomPrefix } from '../support/redis/redis';
import { aRedis } from '../support/redis/clients';
import { refresh, REFUSED_REFRESH, refreshed, refusedRefresh } from '../support/tokens/refreshing';
import { withApplications } from '../support/gate/applications';

const TIMES = 50;
const OTHER: Pair = ['other', 'other-secret'];

/**
 * Holds back Redis' replies about refresh tokens until this many requests wait: all have then read the token as live
 * before the first of them spends it, independent of timing.
 */
class Barrier {
  #awaited = 0;
  #pass: () => void = () => undefined;
  #passed: Promise<void> = Promise.resolve();

  await(count: number): void {
    this.#awaited = count;
    this.#passed = new Promise((resolve) => {
      this.#pass = resolve;
    });
  }

  clientOf(client: Redis): RedisLike {
    return {
      get status() {
        return client.status;
      },
      duplicate: (override) => this.clientOf(client.duplicate({ ...override })),
      call: async (command, ...args) => {
        const answer = await client.call(command, ...args);
        const isRead = args[0] === readTokens.sha || args[0] === readTokens.lua;
        // One command reads all refresh states of a tick.
        if (isRead && String(args[2]).endsWith(':r')) await this.#arrive(Number(args[1]));
        return answer;
      },
      disconnect: (reconnect) => client.disconnect(reconnect),
      on: (event, listener) => client.on(event, listener),
      off: (event, listener) => client.off(event, listener),
    };
  }

  #arrive(count: number): Promise<void> {
    this.#awaited -= count;
    if (this.#awaited <= 0) this.#pass();
    return this.#passed;
  }
}

type Ask = (gate: TestGate, index: number) => PromiseLike<Response>;

/** Three gates on one Redis, and all events that they emit. */
const threeGates = async (refreshGrace: number) => {
  const prefix = randomPrefix();
  const clock = aClock();
  const barrier = new Barrier();
  const redis = aRedis();
  const outcomes: GateEventType[] = [];
  const gates = [aRedis(), aRedis(), aRedis()].map((client) =>
    aGate({
      ...withApplications(OTHER),
      redis: barrier.clientOf(client),
      prefix,
      clock: clock.now,
      tokens: { refreshGrace },
      throttle: false,
      deadline: 10_000,
    }),
  );
  for (const { gate } of gates) {
    for (const type of ['refresh', 'replay', 'reuse'] as const) gate.on(type, () => outcomes.push(type));
    await gate.ready();
  }
  const [first] = gates;
  if (first === undefined) throw new Error('no gates');
  const grantOf = ({ refresh_token: token }: TokenBody): string => readRefreshToken(token)?.grantId ?? '';

  return {
    first,
    gates,
    clock,
    /** Sends the requests to the gates in turn, all concurrently and before any of them continues. */
    atOnce: (ask: Ask): Promise<readonly Response[]> => {
      barrier.await(TIMES);
      return Promise.all(Array.from({ length: TIMES }, async (_, index) => ask(gates[index % 3] ?? first, index)));
    },
    countOf: (type: GateEventType): number => outcomes.filter((one) => one === type).length,
    /** The keys that Redis holds of a grant, and the digest of the one refresh token that is live. */
    held: async (tokens: TokenBody) => {
      const keys = await redis.keys(`${prefix}*${grantOf(tokens)}*`);
      const state = await redis.get(`${prefix}{${grantOf(tokens)}}:r`);
      const live = state === null ? null : state.split('\t')[0];
      return { keys: keys.map((key) => key.slice(key.lastIndexOf(':'))).sort(), live };
    },
  };
};

const bodyOf = (answer: Response | undefined): TokenBody => answer?.body as TokenBody;

const textsOf = (answers: readonly Response[]): readonly string[] => [
  ...new Set(answers.map(({ status, text }) => `${status} ${text}`)),
];

const isActive = async (gate: TestGate, token: string): Promise<boolean> => {
  const { body } = await gate.postTo('/introspect', { token }).expect(200);
  return (body as { readonly active: boolean }).active;
};

const expectDead = async (gates: readonly TestGate[], pairs: readonly TokenBody[]): Promise<void> => {
  for (const gate of gates) {
    for (const pair of pairs) {
      await gate.get('/me', pair.access_token).expect(401);
      expect([await isActive(gate, pair.access_token), await isActive(gate, pair.refresh_token)]).toEqual([
        false,
        false,
      ]);
      await refusedRefresh(gate, pair.refresh_token);
    }
  }
};

describe('S-128 fifty refreshes of one token, all of which found it live,', () => {
  it('spend it once, and all receive the one live pair', async () => {
    const { first, gates, atOnce, countOf, held } = await threeGates(10);
    const before = await first.signIn();
    const answers = await atOnce((gate) => refresh(gate, before.refresh_token));
    expect(textsOf(answers)).toEqual([expect.stringMatching(/^200 /)]);
    expect([countOf('refresh'), countOf('replay'), countOf('reuse')]).toEqual([1, TIMES - 1, 0]);

    const pair = bodyOf(answers[0]);
    expect(await held(pair)).toEqual({ keys: [':a', ':r'], live: readRefreshToken(pair.refresh_token)?.digest });
    for (const gate of gates) {
      expect([await isActive(gate, before.refresh_token), await isActive(gate, pair.refresh_token)]).toEqual([
        false,
        true,
      ]);
    }
    expect(await collect(first.gate.tokens.find({ user: JOHN[0] }))).toHaveLength(1);
  });

  it('leave one chain that can be continued, without two live tokens of one generation', async () => {
    const { first, atOnce, countOf, held } = await threeGates(10);
    const generations = [await first.signIn()];
    for (let generation = 1; generation <= 5; generation += 1) {
      const answers = await atOnce((gate) => refresh(gate, generations.at(-1)?.refresh_token ?? ''));
      expect(textsOf(answers)).toHaveLength(1);
      generations.push(bodyOf(answers[0]));
    }
    const live = await Promise.all(generations.map(({ refresh_token: token }) => isActive(first, token)));
    expect(live).toEqual([false, false, false, false, false, true]);
    expect([countOf('refresh'), countOf('replay')]).toEqual([5, 5 * (TIMES - 1)]);
    expect((await held(generations[0] as TokenBody)).keys).toEqual([':a', ':r']);
  });

  it('receive the pair of the fastest if they request its scope, and are refused if they request another', async () => {
    const { first, atOnce, countOf } = await threeGates(10);
    const before = await first.signIn(undefined, 'read update');
    const scopes = [undefined, 'read', 'update', 'update read'];
    const answers = await atOnce((gate, index) => refresh(gate, before.refresh_token, scopes[index % scopes.length]));
    const won = answers.flatMap(({ status }, index) => (status === 200 ? [index % scopes.length] : []));
    expect(new Set(won).size).toBe(1);
    const lost = answers.filter(({ status }) => status !== 200);
    expect(lost).toHaveLength(TIMES - won.length);
    expect(textsOf(lost)).toEqual([`400 ${JSON.stringify(REFUSED_REFRESH)}`]);
    const [pair] = answers.filter(({ status }) => status === 200).map(bodyOf);
    expect(pair?.scope).toBe([...(scopes[won[0] ?? 0] ?? 'read update').split(' ')].sort().join(' '));
    expect([countOf('refresh'), countOf('reuse')]).toEqual([1, 0]);
    // A scope that one of them left out is still available to the next.
    expect((await refreshed(first, pair as TokenBody)).scope).toBe('read update');
  });

  it('are not affected by another client that has the token as well', async () => {
    const { first, gates, atOnce, countOf, held } = await threeGates(10);
    const before = await first.signIn();
    const answers = await atOnce((gate, index) =>
      refresh(gate, before.refresh_token, undefined, index % 2 === 0 ? undefined : OTHER),
    );
    const [owners, others] = [0, 1].map((half) => answers.filter((_answer, index) => index % 2 === half));
    expect(textsOf(owners ?? [])).toEqual([expect.stringMatching(/^200 /)]);
    expect(textsOf(others ?? [])).toEqual([`400 ${JSON.stringify(REFUSED_REFRESH)}`]);
    expect([countOf('refresh'), countOf('reuse')]).toEqual([1, 0]);
    const pair = bodyOf(owners?.[0]);
    expect((await held(pair)).live).toBe(readRefreshToken(pair.refresh_token)?.digest);
    for (const gate of gates) await gate.get('/me', pair.access_token).expect(200);
  });

  it('can be repeated until the window closes, and fifty more after it end the grant', async () => {
    const { first, gates, clock, atOnce, countOf, held } = await threeGates(10);
    const before = await first.signIn();
    const [early] = textsOf(await atOnce((gate) => refresh(gate, before.refresh_token)));
    clock.advance(9.999);
    const late = await atOnce((gate) => refresh(gate, before.refresh_token));
    expect(textsOf(late)).toEqual([early]);
    await first.get('/me', before.access_token).expect(200);

    clock.advance(0.001);
    await first.get('/me', before.access_token).expect(401);
    const after = await atOnce((gate) => refresh(gate, before.refresh_token));
    expect(textsOf(after)).toEqual([`400 ${JSON.stringify(REFUSED_REFRESH)}`]);
    expect([countOf('refresh'), countOf('reuse')]).toEqual([1, TIMES]);
    expect(await held(before)).toEqual({ keys: [], live: null });
    await expectDead(gates, [before, bodyOf(late[0])]);
  });

  it('end the grant without a grace window, and the one pair that was issued is dead as well', async () => {
    const { first, gates, atOnce, countOf, held } = await threeGates(0);
    const bystander = await first.signIn();
    const before = await first.signIn();
    const answers = await atOnce((gate) => refresh(gate, before.refresh_token));
    const won = answers.filter(({ status }) => status === 200);
    const lost = answers.filter(({ status }) => status !== 200);
    expect([won.length, lost.length]).toEqual([1, TIMES - 1]);
    expect(textsOf(lost)).toEqual([`400 ${JSON.stringify(REFUSED_REFRESH)}`]);
    expect([countOf('refresh'), countOf('replay')]).toEqual([1, 0]);
    expect(countOf('reuse')).toBeGreaterThanOrEqual(1);
    expect(await held(before)).toEqual({ keys: [], live: null });
    await expectDead(gates, [before, bodyOf(won[0])]);
    for (const gate of gates) await gate.get('/me', bystander.access_token).expect(200);
    await refreshed(first, bystander);
  });
});
