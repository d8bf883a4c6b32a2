import { ConfigurationError, StoreUnavailableError } from '../protocol/errors';
import type { Backend } from '../stores/backend';
import { getEndpoint } from './get-endpoint';
import type { Endpoint } from './routes';

/** The store that the readiness endpoint checks. */
export type CheckedStore = Pick<Backend, 'name' | 'check'>;

/** The declared records that the readiness endpoint checks. */
export interface CheckedDeclarations {
  /** @throws ConfigurationError if declared names are taken; StoreUnavailableError */
  check(): Promise<void>;
}

/**
 * The state of a store in the response. `read_only`: tokens can be checked but not issued. `evicting`: what is stored may
 * be lost at any time.
 */
type StoreState = 'ok' | 'away' | 'full' | 'read_only' | 'refused' | 'loading' | 'slow' | 'evicting';

/** Maps the reason of a store to its public state; any other reason is `away`. */
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
  evicting: 'evicting',
};

const stateOf = ({ reason }: StoreUnavailableError): StoreState =>
  (Object.hasOwn(STATES, reason) ? STATES[reason] : undefined) ?? 'away';

/** Responds with 200 as long as the process responds at all. */
export const liveEndpoint = (): Endpoint =>
  getEndpoint(async () => ({ status: 200, json: JSON.stringify({ status: 'ok' }) }));

const unready = (state: object) => ({
  status: 503,
  json: JSON.stringify({ status: 'unavailable', ...state }),
  headers: { 'Retry-After': '1' },
});

/**
 * Responds with 200 if tokens can be issued and checked and are kept, else with 503 and the name and state of the store,
 * or with the fact that declared names are taken.
 */
export const readyEndpoint = (store: CheckedStore, declarations: CheckedDeclarations): Endpoint =>
  getEndpoint(async () => {
    try {
      await store.check();
      await declarations.check();
      return { status: 200, json: JSON.stringify({ status: 'ok', stores: { [store.name]: 'ok' } }) };
    } catch (error) {
      if (error instanceof ConfigurationError)
        return unready({ stores: { [store.name]: 'ok' }, declarations: 'conflict' });
      if (!(error instanceof StoreUnavailableError)) throw error;
      return unready({ stores: { [store.name]: stateOf(error) } });
    }
  });
