import { StoreUnavailableError } from '../protocol/errors';
import { getEndpoint } from './get-endpoint';
import type { Endpoint } from './routes';

/** A store that readiness asks about. */
export interface CheckedStore {
  readonly name: 'redis' | 'memory';
  /** Resolves when tokens can be issued. @throws StoreUnavailableError */
  check(): Promise<void>;
}

/** The state of a store in the answer. `read_only`: tokens are checked, and none can be issued. */
type StoreState = 'ok' | 'away' | 'full' | 'read_only' | 'refused' | 'loading' | 'slow';

/** The public word for a store's reason; any other reason is `away`. */
const STATES: Readonly<Record<string, StoreState>> = {
  full: 'full',
  OOM: 'full',
  READONLY: 'read_only',
  NOREPLICAS: 'read_only',
  MISCONF: 'read_only',
  NOPERM: 'refused',
  NOAUTH: 'refused',
  WRONGPASS: 'refused',
  LOADING: 'loading',
  BUSY: 'slow',
  deadline: 'slow',
  overloaded: 'slow',
};

const stateOf = ({ reason }: StoreUnavailableError): StoreState =>
  (Object.hasOwn(STATES, reason) ? STATES[reason] : undefined) ?? 'away';

/** 200 as long as the process answers. */
export const liveEndpoint = (): Endpoint =>
  getEndpoint(async () => ({ status: 200, json: JSON.stringify({ status: 'ok' }) }));

/** 200 when tokens can be issued and checked, else 503 with the name and the state of the store. */
export const readyEndpoint = (store: CheckedStore): Endpoint =>
  getEndpoint(async () => {
    try {
      await store.check();
      return { status: 200, json: JSON.stringify({ status: 'ok', stores: { [store.name]: 'ok' } }) };
    } catch (error) {
      if (!(error instanceof StoreUnavailableError)) throw error;
      const json = JSON.stringify({ status: 'unavailable', stores: { [store.name]: stateOf(error) } });
      return { status: 503, json, headers: { 'Retry-After': '1' } };
    }
  });
