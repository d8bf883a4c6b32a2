import type { Test } from 'supertest';
import { JOHN, type TestGate, type TokenBody } from '../gate/gate';
import { expectCleanAnswer } from '../expect/clean-answer';
import { refresh } from '../tokens/refreshing';
import { measureStalls } from '../time/stalls';
import { after } from '../time/waiting';
import { passwordForm } from '../tokens/forms';
import { aForgery } from '../tokens/tokens';

/** Allowance for responses beyond their deadline, on a machine that lets this process run. */
const SLACK_MS = 600;
/** Limits the wait for a recovery. Its time depends on the driver and on the load of the machine. */
const RECOVERY_MS = 10_000;
const BETWEEN_LOOKS_MS = 10;

/** Every kind of request that cannot be answered without the store. */
const needingTheStore = (tested: TestGate, tokens: TokenBody | undefined): readonly (() => Test)[] => {
  const wrong = passwordForm([JOHN[0], 'wrong']);
  const right = { ...wrong, password: JOHN[1], scope: 'read' };
  const forged = aForgery();
  return [
    () => tested.token(right),
    () => tested.token(wrong),
    () => tested.token(right, ['key', 'wrong']),
    () => tested.token(right, ['nobody', 'wrong']),
    () => tested.get('/me', forged),
    () => tested.get('/orders', forged),
    ...(tokens === undefined
      ? []
      : [() => tested.get('/me', tokens.access_token), () => refresh(tested, tokens.refresh_token)]),
  ];
};

/**
 * Checks a gate whose store is unavailable: requests that need the store are refused in time with 503 and Retry-After,
 * others are served, readiness fails and liveness succeeds.
 */
export const expectAway = async (tested: TestGate, deadlineMs: number, tokens?: TokenBody): Promise<void> => {
  const inTime = async (test: () => Test) => {
    const start = performance.now();
    const response = await test();
    return { response, elapsedMs: performance.now() - start };
  };
  const { value, stalledMs } = await measureStalls(() =>
    Promise.all([
      Promise.all(needingTheStore(tested, tokens).map(inTime)),
      inTime(() => tested.get('/health/ready')),
      inTime(() => tested.get('/health/live')),
      inTime(() => tested.get('/open')),
      inTime(() => tested.get('/me', 'sga_not-a-token')),
      inTime(() => tested.get('/me')),
    ]),
  );
  const [refused, ready, live, open, malformed, bare] = value;

  for (const { response } of refused) {
    const from = response.headers['pragma'] === undefined ? 'guard' : 'endpoint';
    expectCleanAnswer(response, { status: 503, error: 'temporarily_unavailable', from });
    expect(response.headers['retry-after']).toMatch(/^[1-9][0-9]*$/);
  }
  expect(expectCleanAnswer(ready.response, { status: 503, allow: ['redis'] })).toMatchObject({ status: 'unavailable' });
  expect(live.response.status).toBe(200);
  expect(open.response.status).toBe(200);
  expect([malformed.response.status, bare.response.status]).toEqual([401, 401]);
  const slowest = Math.max(...[...refused, ready, live, open, malformed, bare].map(({ elapsedMs }) => elapsedMs));
  expect(slowest - stalledMs).toBeLessThan(deadlineMs + SLACK_MS);
};

/** Waits until a request is answered with this status. @throws when that takes too long to be a recovery by itself. */
export const expectRecovery = async (send: () => Test, status = 200): Promise<void> => {
  const start = performance.now();
  const statuses = new Set<number>();
  while (performance.now() - start < RECOVERY_MS) {
    const answer = await send();
    if (answer.status === status) return;
    statuses.add(answer.status);
    await after(BETWEEN_LOOKS_MS);
  }
  throw new Error(`there was no ${status} within ${RECOVERY_MS} ms, but ${[...statuses].join(', ')}`);
};
