import { StoreUnavailableError } from '../protocol/errors';
import type { GrantId } from '../protocol/secrets';

/** Outcome of ending grants in the store. */
export interface Ending {
  readonly endedAny: boolean;
  readonly failures: readonly unknown[];
}

const SLICE_SIZE = 200;

/** True if the tokens have ended and only the announcement to other gates failed. */
const isUnannounced = (thrown: unknown): boolean =>
  thrown instanceof StoreUnavailableError && thrown.reason === 'unannounced';

/** Ends grants concurrently. Never rejects. */
export const endConcurrently = async (
  grants: readonly GrantId[],
  end: (grantId: GrantId) => Promise<boolean>,
): Promise<Ending> => {
  const results = await Promise.allSettled(grants.map(end));
  const failures = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
  const hasEnded = results.some((result) => result.status === 'fulfilled' && result.value);
  return { endedAny: hasEnded || failures.some(isUnannounced), failures };
};

/** Like `endConcurrently`, a slice at a time: there may be more grants than a store should handle concurrently. */
export const endInSlices = async (
  grants: readonly GrantId[],
  end: (grantId: GrantId) => Promise<boolean>,
): Promise<Ending> => {
  const failures: unknown[] = [];
  let endedAny = false;
  for (let start = 0; start < grants.length; start += SLICE_SIZE) {
    const slice = await endConcurrently(grants.slice(start, start + SLICE_SIZE), end);
    endedAny ||= slice.endedAny;
    failures.push(...slice.failures);
    // A retry after an unannounced end would start with the same grants, so the others end now.
    if (!failures.every(isUnannounced)) break;
  }
  return { endedAny, failures };
};

/** @throws the failure of the store, if any; one other than `unannounced` first */
export const throwFailure = ({ failures }: Ending): void => {
  if (failures.length > 0) throw failures.find((failure) => !isUnannounced(failure)) ?? failures[0];
};
