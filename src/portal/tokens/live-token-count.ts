import type { OwnManagedTokens } from '../../grants/managed-tokens';
import type { TokenOwner } from '../../grants/token-owner';
import type { Texts } from '../../pages/texts/texts';
import type { GrantInfo } from '../../tokens/live-grants';

/** Maximum number of tokens that are counted, so that a confirmation page does not read a whole large index. */
const MAX_COUNTED = 1_000;

/** Selects the tokens that a confirmation page counts. */
export interface TokensToCount {
  readonly owners: readonly TokenOwner[];
  /** Finds the application id of a consumer key. @default each key counts as an application */
  readonly applicationOf?: (clientId: string) => Promise<string | undefined>;
  /** `access-tokens` if refresh tokens stay valid. @default 'tokens' */
  readonly counted?: 'tokens' | 'access-tokens';
  readonly texts: Pick<Texts, 'endings'>;
}

/** Counts the tokens that end: `7 tokens of 3 applications end now.`, or `More than 1,000 tokens end now.` */
export const describeEndingTokens = async (
  tokens: Pick<OwnManagedTokens, 'find'>,
  { owners, applicationOf = async () => undefined, counted = 'tokens', texts: { endings } }: TokensToCount,
): Promise<string> => {
  const isCounted = ({ accessToken }: GrantInfo): boolean => counted === 'tokens' || accessToken !== undefined;
  const applications = new Map<string, string>();
  for (const owner of owners) {
    for await (const grant of tokens.find(owner)) {
      if (!isCounted(grant)) continue;
      if (applications.size === MAX_COUNTED) return endings.moreThan(MAX_COUNTED, counted);
      applications.set(grant.grantId, (await applicationOf(grant.clientId)) ?? grant.clientId);
    }
  }
  if (applications.size === 0) return endings.none(counted);
  return endings.some(applications.size, counted, new Set(applications.values()).size);
};

export interface LiveTokenCount {
  readonly count: number;
  /** True if there are more, which were not counted. */
  readonly isMore: boolean;
}

/** Counts the live tokens of owners, at most 1,000. */
export const countLiveTokens = async (
  tokens: Pick<OwnManagedTokens, 'find'>,
  owners: readonly TokenOwner[],
): Promise<LiveTokenCount> => {
  const grants = new Set<string>();
  for (const owner of owners) {
    for await (const { grantId } of tokens.find(owner)) {
      if (grants.size === MAX_COUNTED) return { count: MAX_COUNTED, isMore: true };
      grants.add(grantId);
    }
  }
  return { count: grants.size, isMore: false };
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
