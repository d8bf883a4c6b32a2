import type { ObservedRequests } from '../events/request-facts';
import { ConfigurationError, StoreUnavailableError } from '../protocol/errors';
import type { Backend } from '../stores/backend';
import { getEndpoint } from './get-endpoint';
import { storeReasonOf, storeStateOf } from '../protocol/unavailability';
import type { Endpoint } from './routes';

/** The store that the readiness endpoint checks. */
export type CheckedStore = Pick<Backend, 'name' | 'check'>;

/** The declared records that the readiness endpoint checks. */
export interface CheckedDeclarations {
  /** @throws ConfigurationError if declared names are taken; StoreUnavailableError */
  check(): Promise<void>;
}

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
export const readyEndpoint = (
  store: CheckedStore,
  declarations: CheckedDeclarations,
  observed: ObservedRequests,
): Endpoint =>
  getEndpoint(async (request) => {
    try {
      await store.check();
      await declarations.check();
      return { status: 200, json: JSON.stringify({ status: 'ok', stores: { [store.name]: 'ok' } }) };
    } catch (error) {
      if (error instanceof ConfigurationError) {
        observed.note(request, { reason: 'declaration_conflict' });
        return unready({ stores: { [store.name]: 'ok' }, declarations: 'conflict' });
      }
      if (!(error instanceof StoreUnavailableError)) throw error;
      observed.note(request, { reason: storeReasonOf(error.reason) });
      return unready({ stores: { [store.name]: storeStateOf(error.reason) } });
    }
  });
