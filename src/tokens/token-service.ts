import type { Emit } from '../events/emitter';
import type { Clock } from '../protocol/time';
import { UNLIMITED_GRANTS, type GrantLimits } from './grant-limits';
import { createIssue, type Issue } from './issue';
import type { TokenLifetimes } from './issued-tokens';
import { liveGrants, type GrantInfo } from './live-grants';
import type { GrantOwner } from './principal';
import { createRefresh, type Refresh } from './refresh';
import { createRevocation, type Revocation } from './revocation';
import { noTokenCache, type TokenCache } from './token-cache';
import { createTokenLookup, type TokenLookup } from './token-lookup';
import type { TokenStore } from './token-store';

export interface TokenService extends TokenLookup, Revocation {
  readonly issue: Issue;
  readonly refresh: Refresh;
  /** Yields the grants of a client or a user that have live tokens. */
  list(owner: GrantOwner): AsyncIterable<GrantInfo>;
}

export interface TokenServices {
  readonly lifetimes: TokenLifetimes;
  /** @default none */
  readonly limits?: GrantLimits;
  readonly clock: Clock;
  readonly emit: Emit;
  /** @default none */
  readonly cache?: TokenCache;
  /** Called with the owner of grants that were ended together and still use memory. @default none */
  readonly onEnded?: (owner: GrantOwner) => void;
}

/** Creates the token service, the only writer of tokens. */
export const createTokenService = (
  store: TokenStore,
  { lifetimes, limits = UNLIMITED_GRANTS, clock, emit, cache = noTokenCache, onEnded }: TokenServices,
): TokenService => {
  const revocation = createRevocation(store, emit, onEnded);
  const services = { store, lifetimes, limits, clock, emit, revocation };
  return {
    ...createTokenLookup({ store, cache, clock }),
    ...revocation,
    issue: createIssue(services),
    refresh: createRefresh(services),
    list: (owner) => liveGrants(store, owner, clock),
  };
};
