import type { ScopegateOptions } from 'scopegate';
import { aGate, type TestGate, type TestScope } from '../gate/gate';
import { redisAddress } from '../redis/redis';
import { onRedis } from '../stores/every-store';

/** A running gate, and the options by which the command finds its store. */
export interface CommandedGate {
  readonly tested: TestGate;
  readonly store: readonly string[];
}

/** Starts a gate on the Redis of this run. */
export const aCommandedGate = async (overrides: Partial<ScopegateOptions<TestScope>> = {}): Promise<CommandedGate> => {
  const shared = await onRedis();
  const tested = aGate({ ...shared, ...overrides });
  await tested.gate.ready();
  return { tested, store: ['--redis', redisAddress(), '--prefix', shared.prefix] };
};

/** Resolves once the status is this one: a gate is notified of what another process changes. */
export const expectEventually = async (expected: number, answer: () => Promise<number>): Promise<void> => {
  const end = Date.now() + 5_000;
  let last = await answer();
  while (last !== expected && Date.now() < end) last = await answer();
  expect(last).toBe(expected);
};
