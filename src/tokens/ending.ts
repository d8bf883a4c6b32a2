import { StoreUnavailableError } from '../protocol/errors';

/** Outcome of ending tokens in the store. */
export interface Ending {
  readonly endedAny: boolean;
  readonly failure?: unknown;
}

/** True if the tokens have ended and only the announcement to other gates failed. */
const isUnannounced = (thrown: unknown): boolean =>
  thrown instanceof StoreUnavailableError && thrown.reason === 'unannounced';

/** Runs a step that ends tokens. Never rejects. */
export const runEnding = async (end: () => Promise<boolean>): Promise<Ending> => {
  try {
    return { endedAny: await end() };
  } catch (failure) {
    return { endedAny: isUnannounced(failure), failure };
  }
};
