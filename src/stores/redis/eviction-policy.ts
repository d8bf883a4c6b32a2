import { reasonOf } from './reasons';
import type { RedisLike } from './redis-like';

/**
 * Eviction of keys by a server. `unlimited`: its policy evicts, but it has no `maxmemory` limit and so never applies it.
 * `hidden`: the server does not show its policy.
 */
export type Eviction =
  | { readonly state: 'never' }
  | { readonly state: 'unlimited' | 'evicting'; readonly policy: string }
  | { readonly state: 'hidden'; readonly reason: string };

/** The states, from the harmless to the one that counts most if servers differ. */
const BY_WEIGHT: readonly Eviction['state'][] = ['never', 'unlimited', 'hidden', 'evicting'];

/** Error replies to a command that the server will accept later. */
const PASSING: ReadonlySet<string> = new Set(['BUSY', 'LOADING', 'MASTERDOWN', 'NOAUTH']);

/** Reads a reply to INFO memory. A policy that is not known here, as of a later version, counts as evicting. */
export const evictionIn = (reply: unknown): Eviction => {
  const text = typeof reply === 'string' ? reply : '';
  const policy = /^maxmemory_policy:([a-z-]{1,40})\r?$/m.exec(text)?.[1];
  if (policy === undefined) return { state: 'hidden', reason: 'not in INFO' };
  if (policy === 'noeviction') return { state: 'never' };
  return { state: /^maxmemory:0\r?$/m.test(text) ? 'unlimited' : 'evicting', policy };
};

/**
 * Reads the eviction of one server with one command; `undefined` if the server cannot reply at the moment.
 * @throws the driver's error if there is no connection
 */
export const readEviction = async (server: RedisLike): Promise<Eviction | undefined> => {
  try {
    return evictionIn(await server.call('info', 'memory'));
  } catch (error) {
    const { word, source } = reasonOf(error);
    if (source === 'connection') throw error;
    return PASSING.has(word) ? undefined : { state: 'hidden', reason: word };
  }
};

/**
 * Returns the reading that counts most. `undefined` if a server could not be read, because it may be the one that
 * evicts, unless another one evicts for certain.
 */
export const worstOf = (readings: readonly (Eviction | undefined)[]): Eviction | undefined => {
  const weightOf = ({ state }: Eviction): number => BY_WEIGHT.indexOf(state);
  const [worst] = readings
    .filter((reading) => reading !== undefined)
    .sort((one, other) => weightOf(other) - weightOf(one));
  return worst?.state === 'evicting' || !readings.includes(undefined) ? worst : undefined;
};
