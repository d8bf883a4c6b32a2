import { ConfigurationError, inCall } from '../protocol/errors';
import { kindOfValue } from '../protocol/printed-value';
import type { TokenWatches } from '../tokens/token-watches';
import type { WatchListener } from '../tokens/watched-tokens';
import { recordOf } from './auth';
import type { Guard } from './guard';

/** Watches the token of a request. @returns a function that stops watching */
export type Watch = (request: object, onEnded: WatchListener) => () => void;

/**
 * Creates `gate.watch`, which checks its arguments: JavaScript may pass anything.
 * @throws ConfigurationError for a listener that is not a function
 */
export const createWatch =
  (guard: Guard, watches: Pick<TokenWatches, 'watch'>): Watch =>
  (request, onEnded) => {
    const auth = guard.get(request, 'gate.watch(req)');
    if (typeof onEnded !== 'function') {
      const problem = `needs a function to call as its second argument; got ${kindOfValue(onEnded)}`;
      return inCall('gate.watch', () => {
        throw new ConfigurationError([{ path: [], problem }]);
      });
    }
    return watches.watch(recordOf(auth), onEnded);
  };
