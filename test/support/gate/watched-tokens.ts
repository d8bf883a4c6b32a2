import type { WatchEnd } from 'scopegate';
import { until } from '../time/waiting';
import { PROMISED_MS } from './cached-gate';
import type { TestGate } from './gate';

/** The watch of the token of one request. */
export interface Watched {
  /** The reasons that the listener was called with so far. */
  readonly reasons: readonly WatchEnd[];
  stop(): void;
}

/** Returns a function that sends a request with a token, whose handler watches the token. */
export const watchingAt = ({ app, gate, get }: TestGate): ((token: string) => Promise<Watched>) => {
  const opened: Watched[] = [];
  app.get('/watched', gate.requireToken(), (request, response) => {
    const reasons: WatchEnd[] = [];
    opened.push({ reasons, stop: gate.watch(request, (reason) => reasons.push(reason)) });
    response.end();
  });
  return async (token) => {
    await get('/watched', token).expect(200);
    const watched = opened.pop();
    if (watched === undefined) throw new Error('the handler was not called');
    return watched;
  };
};

/** Waits until a watch ends. @returns how long after `since` that was */
export const endOf = async (watched: Watched, since = performance.now(), withinMs?: number): Promise<number> => {
  await until(() => watched.reasons.length > 0, withinMs);
  return performance.now() - since;
};

/** Waits until a watch ends for this reason, as fast as a revocation has to. */
export const expectEndWithinBound = async (watched: Watched, reason: WatchEnd, since?: number): Promise<void> => {
  expect(await endOf(watched, since)).toBeLessThan(PROMISED_MS);
  expect(watched.reasons).toEqual([reason]);
};
