import { Registry } from 'prom-client';
import type { Test } from 'supertest';
import { aGate, type TestGate } from './gate';
import { aRedis } from '../redis/clients';
import { after, until } from '../time/waiting';

/** The bound within which every gate refuses what another has ended, whatever happens to its link. */
export const PROMISED_MS = 2_000;

type Options = Parameters<typeof aGate>[0];

/** The counters of the cache so far. */
export type CacheOutcomes = Readonly<Record<'hit' | 'miss' | 'bypass' | 'flush', number>>;

export interface CachedGate extends TestGate {
  readonly counts: () => Promise<CacheOutcomes>;
}

/** A gate on the Redis at this URL whose cache can be watched. */
export const aCachedGate = (url: string, options: Options = {}): CachedGate => {
  const registry = new Registry();
  const tested = aGate({ redis: aRedis({}, url), metrics: registry, ...options });
  const counts = async (): Promise<CacheOutcomes> => {
    const { values = [] } = (await registry.getSingleMetric('scopegate_cache_total')?.get()) ?? {};
    const read = new Map(values.map(({ labels, value }) => [labels['outcome'], value]));
    const of = (outcome: string): number => read.get(outcome) ?? 0;
    return { hit: of('hit'), miss: of('miss'), bypass: of('bypass'), flush: of('flush') };
  };
  return { ...tested, counts };
};

/** Uses a live token until it is answered from memory. A gate with a short deadline may answer 503 before that. */
export const warm = (gate: CachedGate, token: string, withinMs?: number): Promise<void> =>
  until(async () => {
    const { hit } = await gate.counts();
    const { status } = await gate.get('/me', token);
    expect([200, 503]).toContain(status);
    return (await gate.counts()).hit > hit;
  }, withinMs);

export const tokenStatus = async (gate: TestGate, token: string): Promise<number> =>
  (await gate.get('/me', token)).status;

/** Sends requests until a token is refused. @returns how long after `since` the last accepted request began */
export const acceptedFor = async (gate: TestGate, token: string, since = performance.now()): Promise<number> => {
  let last = since;
  for (;;) {
    const asked = performance.now();
    if ((await tokenStatus(gate, token)) !== 200) return last - since;
    last = asked;
    if (asked - since > 10_000) throw new Error('the token is still accepted after 10 s');
    await after(5);
  }
};

/**
 * Waits until gates refuse a token that another gate has just ended: each may use its cache until the announcement
 * arrives. @throws when a request that begins after the bound is still served
 */
export const expectEndedWithinBound = async (token: string, ...gates: readonly TestGate[]): Promise<void> => {
  const ended = performance.now();
  const lags = await Promise.all(gates.map((gate) => acceptedFor(gate, token, ended)));
  expect(Math.max(...lags)).toBeLessThan(PROMISED_MS);
  expect(await Promise.all(gates.map((gate) => tokenStatus(gate, token)))).toEqual(gates.map(() => 401));
};

/** Sends until the answer has this status, for as long as an announcement from another gate may take. */
export const expectWithinBound = async (send: () => Test, status: number): Promise<void> => {
  const began = performance.now();
  for (;;) {
    const asked = performance.now();
    const answer = await send();
    if (answer.status === status) return;
    if (asked - began > PROMISED_MS) throw new Error(`it was still answered ${answer.status} after ${PROMISED_MS} ms`);
    await after(5);
  }
};
