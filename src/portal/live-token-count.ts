import type { OwnManagedTokens } from '../grants/managed-tokens';
import type { TokenOwner } from '../grants/token-owner';
import type { GrantInfo } from '../tokens/live-grants';
import { counted } from '../pages/duration';

/** Maximum number of tokens that are counted, so that a confirmation page does not read a whole large index. */
const MAX_COUNTED = 1_000;

/** Selects the tokens that a confirmation page counts. */
export interface TokensToCount {
  readonly owners: readonly TokenOwner[];
  /** @default every grant with a live token */
  readonly isCounted?: (grant: GrantInfo) => boolean;
  /** Finds the application id of a consumer key. @default each key counts as an application */
  readonly applicationOf?: (clientId: string) => Promise<string | undefined>;
  /** @default 'token' */
  readonly noun?: string;
}

/** Counts the tokens that end: `7 tokens of 3 applications end now.`, or `More than 1,000 tokens end now.` */
export const describeEndingTokens = async (
  tokens: Pick<OwnManagedTokens, 'find'>,
  { owners, isCounted = () => true, applicationOf = async () => undefined, noun = 'token' }: TokensToCount,
): Promise<string> => {
  const applications = new Map<string, string>();
  for (const owner of owners) {
    for await (const grant of tokens.find(owner)) {
      if (!isCounted(grant)) continue;
      if (applications.size === MAX_COUNTED) return `More than ${counted(MAX_COUNTED, noun)} end now.`;
      applications.set(grant.grantId, (await applicationOf(grant.clientId)) ?? grant.clientId);
    }
  }
  if (applications.size === 0) return `No ${noun}s end now.`;
  const of = counted(new Set(applications.values()).size, 'application');
  return `${counted(applications.size, noun)} of ${of} ${applications.size === 1 ? 'ends' : 'end'} now.`;
};

/** Checks whether an owner has a token that is live. */
export const hasLiveTokens = async (
  tokens: Pick<OwnManagedTokens, 'find'>,
  owners: readonly TokenOwner[],
): Promise<boolean> => {
  for (const owner of owners) {
    const { done } = await tokens.find(owner)[Symbol.asyncIterator]().next();
    if (done !== true) return true;
  }
  return false;
};
