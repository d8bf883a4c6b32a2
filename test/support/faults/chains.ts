import type { Findings } from './findings';
import type { KnownGrant } from './known-grants';
import type { Operations } from './operations';
import { GATES } from './topology';

const CHECKED_CHAINS = 40;

/**
 * Repeats the last refresh of a grant, as a client does that has lost the response, and then exchanges every refresh
 * token that has not been replaced. Counts the grant if two of them are exchanged: its chain lives twice.
 */
const checkChain = async (operations: Operations, findings: Findings, grant: KnownGrant, gate: number) => {
  const { previous, isRefreshInDoubt } = grant;
  if (previous !== undefined && !isRefreshInDoubt) await operations.exchange(grant, previous, gate % GATES);
  const exchanged = new Set<string>();
  for (const leaf of [...grant.leaves]) {
    const next = await operations.exchange(grant, leaf, (gate + 1) % GATES);
    if (next !== undefined) exchanged.add(next);
  }
  if (exchanged.size <= 1) return;
  findings.doubleChains += 1;
  findings.explain(`a grant has ${exchanged.size} refresh tokens that are all exchanged`);
};

/** Checks that the grants that are left have one chain of refresh tokens each. */
export const checkChains = async (operations: Operations, findings: Findings, live: readonly KnownGrant[]) => {
  const refreshed = live.filter(({ refresh }) => refresh !== undefined).slice(-CHECKED_CHAINS);
  await Promise.all(refreshed.map((grant, index) => checkChain(operations, findings, grant, index)));
};
