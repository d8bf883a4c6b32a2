import type { TokenOwner } from '../../grants/token-owner';
import type { GrantInfo } from '../../tokens/live-grants';
import type { PageServices } from '../page-services';

/** Maximum number of grants that a page reads, so that its cost does not grow with the number of tokens. */
const MAX_READ = 5_000;

/** Live grants, the newest first. */
export interface OwnGrants {
  readonly grants: readonly GrantInfo[];
  /** False if there are more grants than a page reads. */
  readonly isComplete: boolean;
}

type Tokens = Pick<PageServices, 'tokens'>;

async function* grantsOf(owners: readonly TokenOwner[], { tokens }: Tokens): AsyncGenerator<GrantInfo> {
  for (const owner of owners) yield* tokens.find(owner);
}

const issuedAt = ({ accessToken }: GrantInfo): number => accessToken?.issuedAt ?? 0;

const newestFirst = (grants: Iterable<GrantInfo>): readonly GrantInfo[] =>
  [...grants].sort((one, other) => issuedAt(other) - issuedAt(one));

/** Finds the live grants of owners, each once. */
export const findGrants = async (owners: readonly TokenOwner[], services: Tokens): Promise<OwnGrants> => {
  const found = new Map<string, GrantInfo>();
  for await (const grant of grantsOf(owners, services)) {
    if (found.size === MAX_READ && !found.has(grant.grantId)) {
      return { grants: newestFirst(found.values()), isComplete: false };
    }
    found.set(grant.grantId, grant);
  }
  return { grants: newestFirst(found.values()), isComplete: true };
};

/** Finds one live grant, if it is of one of these owners. */
export const findGrant = async (
  grantId: string | undefined,
  owners: readonly TokenOwner[],
  services: Tokens,
): Promise<GrantInfo | undefined> => {
  for await (const grant of grantsOf(owners, services)) if (grant.grantId === grantId) return grant;
  return undefined;
};
