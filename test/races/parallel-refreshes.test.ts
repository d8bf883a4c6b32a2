import { aClock } from '../support/time/clock';
import { aGate, type TestGate, type TokenBody } from '../support/gate/gate';
import { randomPrefix } from '../support/redis/redis';
import { aRedis } from '../support/redis/clients';
import { refresh, refreshed } from '../support/tokens/refreshing';

const threeGates = (refreshGrace: number) => {
  const prefix = randomPrefix();
  const clock = aClock();
  const options = { prefix, clock: clock.now, tokens: { refreshGrace }, deadline: 5_000 } as const;
  const gates = [aRedis(), aRedis(), aRedis()].map((redis) => aGate({ ...options, redis }));
  const [first] = gates;
  if (first === undefined) throw new Error('no gates');
  /** The same request many times at the same moment, over all gates in turn. */
  const inParallel = (times: number, { refresh_token: token }: TokenBody) =>
    Promise.all(Array.from({ length: times }, (_, index) => refresh(gates[index % 3] ?? first, token)));
  return { gates, first, clock, inParallel };
};

const expectDead = async (gates: readonly TestGate[], tokens: TokenBody): Promise<void> => {
  for (const gate of gates) {
    await gate.get('/me', tokens.access_token).expect(401);
    await refresh(gate, tokens.refresh_token).expect(400);
  }
};

describe('S-128 fifty concurrent refreshes of one token, over three gates,', () => {
  it('all receive the same pair, which is the only one', async () => {
    const { gates, first, clock, inParallel } = threeGates(10);
    const before = await first.signIn();
    const answers = await inParallel(50, before);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    const pairs = answers.map(({ body }) => body as TokenBody);
    expect(new Set(pairs.map((pair) => pair.access_token)).size).toBe(1);
    expect(new Set(pairs.map((pair) => pair.refresh_token)).size).toBe(1);

    const [pair] = pairs;
    if (pair === undefined) throw new Error('no pair');
    expect(pair.refresh_token).not.toBe(before.refresh_token);
    for (const gate of gates) await gate.get('/me', pair.access_token).expect(200);
    const next = await refreshed(first, pair);
    // After the window the spent token ends the one chain there is.
    clock.advance(11);
    await refresh(first, before.refresh_token).expect(400);
    await expectDead(gates, pair);
    await expectDead(gates, next);
  });

  it('give the same result for generations', async () => {
    const { first, inParallel } = threeGates(10);
    let tokens = await first.signIn();
    for (let generation = 0; generation < 8; generation += 1) {
      const answers = await inParallel(9, tokens);
      const [text] = new Set(answers.map((answer) => `${answer.status} ${answer.text}`));
      expect(new Set(answers.map((answer) => `${answer.status} ${answer.text}`)).size).toBe(1);
      expect(text).toMatch(/^200 /);
      tokens = JSON.parse((text ?? '').slice(4)) as TokenBody;
    }
    await first.get('/me', tokens.access_token).expect(200);
  });

  it('end the grant if there is no grace window, and leave no second chain', async () => {
    const { gates, first, inParallel } = threeGates(0);
    const before = await first.signIn();
    const answers = await inParallel(50, before);
    const won = answers.filter(({ status }) => status === 200).map(({ body }) => body as TokenBody);
    expect(answers.every(({ status }) => status === 200 || status === 400)).toBe(true);
    expect(won.length).toBeLessThanOrEqual(1);
    for (const tokens of [before, ...won]) await expectDead(gates, tokens);
  });

  it('leave nothing alive if the token was spent before and its successor is used in the meantime', async () => {
    const { gates, first, clock, inParallel } = threeGates(10);
    const before = await first.signIn();
    const successor = await refreshed(first, before);
    clock.advance(11);
    const [replays, used] = await Promise.all([inParallel(20, before), inParallel(3, successor)]);
    expect(new Set(replays.map(({ status }) => status))).toEqual(new Set([400]));
    const won = used.filter(({ status }) => status === 200).map(({ body }) => body as TokenBody);
    for (const tokens of [successor, ...won]) await expectDead(gates, tokens);
  });
});
