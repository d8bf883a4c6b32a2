import { StoreUnavailableError } from '../protocol/errors';
import { getEndpoint } from './get-endpoint';
import type { Endpoint } from './routes';

/** A store that readiness asks about. */
export interface CheckedStore {
  readonly name: 'redis' | 'memory';
  ping(): Promise<void>;
}

/** 200 as long as the process answers. */
export const liveEndpoint = (): Endpoint =>
  getEndpoint(async () => ({ status: 200, json: JSON.stringify({ status: 'ok' }) }));

/** 200 when tokens can be issued and checked, else 503 and which store is away. */
export const readyEndpoint = (store: CheckedStore): Endpoint =>
  getEndpoint(async () => {
    try {
      await store.ping();
      return { status: 200, json: JSON.stringify({ status: 'ok', stores: { [store.name]: 'ok' } }) };
    } catch (error) {
      if (!(error instanceof StoreUnavailableError)) throw error;
      const json = JSON.stringify({ status: 'unavailable', stores: { [store.name]: 'away' } });
      return { status: 503, json, headers: { 'Retry-After': '1' } };
    }
  });
