import { SeededRandom } from '../properties/seeded-random';

/** A grant, with what its client has received. */
export interface KnownGrant {
  /** Name and password; none for a client's own token. */
  readonly user: readonly [string, string] | undefined;
  readonly issuedAt: number;
  /** The access token that was received last. */
  access: string;
  /** The refresh token that was received last. */
  refresh: string | undefined;
  /** The refresh token that `refresh` replaced. */
  previous: string | undefined;
  /** Refresh tokens that were received and not replaced since: one, unless a grant has two chains. */
  readonly leaves: Set<string>;
  isRefreshing: boolean;
  /** True if the response to the last exchange of `refresh` was lost: it may have been replaced. */
  isRefreshInDoubt: boolean;
  /** `doubtful`: a revocation was sent and not acknowledged. */
  state: 'live' | 'doubtful' | 'revoked';
  /** When the revocation was acknowledged. */
  revokedAt: number;
}

/** What the token endpoint issued. */
export interface Issued {
  readonly access_token: string;
  readonly refresh_token?: string;
}

const MAX_KEPT = 400;
/** A command that was refused by its deadline is carried out within this time after that, or never. */
const LATE_MS = 20_000;

/** The grants that the clients of the load hold, and those that they have revoked. Bounded. */
export class KnownGrants {
  readonly #random = new SeededRandom();
  #live: KnownGrant[] = [];
  readonly #doubtful: KnownGrant[] = [];
  readonly #revoked: KnownGrant[] = [];
  #revocationsOfUsers: readonly { readonly user: string; readonly mayRunUntil: number }[] = [];

  get live(): readonly KnownGrant[] {
    return this.#live;
  }

  /** The grants that were revoked last, with acknowledgement. */
  get revoked(): readonly KnownGrant[] {
    return this.#revoked;
  }

  /** Adds what was issued, unless a revocation of its user ran at the same time, which may end it. */
  add(user: KnownGrant['user'], issued: Issued, sentAt: number): void {
    const mayEnd = this.#revocationsOfUsers.some((of) => of.user === user?.[0] && of.mayRunUntil >= sentAt);
    if (mayEnd) return;
    const { access_token: access, refresh_token: refresh } = issued;
    this.#live.push({
      user,
      issuedAt: performance.now(),
      access,
      refresh,
      previous: undefined,
      leaves: new Set(refresh === undefined ? [] : [refresh]),
      isRefreshing: false,
      isRefreshInDoubt: false,
      state: 'live',
      revokedAt: Infinity,
    });
  }

  pickLive(): KnownGrant | undefined {
    return this.#live.length === 0 ? undefined : this.#random.pick(this.#live);
  }

  pickToRefresh(): KnownGrant | undefined {
    const refreshable = this.#live.filter(({ refresh, isRefreshing }) => refresh !== undefined && !isRefreshing);
    return refreshable.length === 0 ? undefined : this.#random.pick(refreshable);
  }

  /** Takes a grant to revoke: one whose revocation was not acknowledged yet, else the oldest one. */
  takeToRevoke(): KnownGrant | undefined {
    const grant = this.#doubtful.shift() ?? this.#live[0];
    if (grant !== undefined) this.drop(grant);
    return grant;
  }

  liveOf(user: string): readonly KnownGrant[] {
    return this.#live.filter((grant) => grant.user?.[0] === user);
  }

  /**
   * Notes that a revocation of all grants of a user is being sent. Returns what notes that it was answered. One that was
   * not acknowledged may still be carried out later, by a server that was frozen.
   */
  beginRevocationOf(user: string): (isAcknowledged: boolean) => void {
    const revocation = { user, mayRunUntil: Infinity };
    this.#revocationsOfUsers = [...this.#revocationsOfUsers.slice(-MAX_KEPT), revocation];
    return (isAcknowledged) => {
      revocation.mayRunUntil = performance.now() + (isAcknowledged ? 0 : LATE_MS);
    };
  }

  noteRevoked(grant: KnownGrant, at: number): void {
    this.drop(grant);
    grant.state = 'revoked';
    grant.revokedAt = at;
    this.#revoked.push(grant);
    if (this.#revoked.length > MAX_KEPT) this.#revoked.shift();
  }

  /** Notes that a revocation was not acknowledged: the grant may be live or not. */
  noteDoubtful(grant: KnownGrant): void {
    this.drop(grant);
    grant.state = 'doubtful';
    if (this.#doubtful.length < MAX_KEPT) this.#doubtful.push(grant);
  }

  /** Drops a live grant. */
  drop(grant: KnownGrant): void {
    this.#live = this.#live.filter((other) => other !== grant);
  }
}
