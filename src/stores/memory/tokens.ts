import { StoreUnavailableError } from '../../protocol/errors';
import type { Digest, GrantId } from '../../protocol/secrets';
import type { Clock, EpochSeconds } from '../../protocol/time';
import type { AccessTokenRecord, RefreshTokenRecord } from '../../tokens/records';
import type {
  GrantOwner,
  HeldAccess,
  Rotation,
  RotationOutcome,
  SaveOrder,
  TokenStore,
} from '../../tokens/token-store';

/** The current state of one grant. */
interface Held {
  readonly access?: AccessTokenRecord;
  /** The previous access token: live during the grace window of a refresh, and stored until the next refresh. */
  readonly previous?: AccessTokenRecord;
  readonly refresh?: RefreshTokenRecord;
}

export interface MemoryTokenStoreOptions {
  readonly clock: Clock;
  /** Maximum number of grants. Once it is reached, `save` rejects: a live token is never dropped for a new one. */
  readonly maxGrants: number;
}

const SWEEP_EVERY_MS = 30_000;
const MIN_SECONDS_BETWEEN_SWEEPS = 1;

const isLive = <R extends { readonly expiresAt: EpochSeconds }>(
  record: R | undefined,
  now: EpochSeconds,
): record is R => record !== undefined && record.expiresAt > now;

const endOf = ({ access, refresh }: Held): EpochSeconds => Math.max(access?.expiresAt ?? 0, refresh?.expiresAt ?? 0);

/** Tokens in the memory of this process: lost when it ends, and not available to other processes. */
export class MemoryTokenStore implements TokenStore {
  readonly #grants = new Map<GrantId, Held>();
  readonly #clock: Clock;
  readonly #maxGrants: number;
  readonly #sweeper: NodeJS.Timeout;
  #lastSweep: EpochSeconds = 0;

  constructor({ clock, maxGrants }: MemoryTokenStoreOptions) {
    this.#clock = clock;
    this.#maxGrants = maxGrants;
    this.#sweeper = setInterval(() => this.#sweep(), SWEEP_EVERY_MS).unref();
  }

  async save(access: AccessTokenRecord, refresh?: RefreshTokenRecord): Promise<SaveOrder> {
    const held: Held = { access, ...(refresh === undefined ? {} : { refresh }) };
    if (endOf(held) <= this.#clock()) return 'ahead';
    this.#makeRoom();
    this.#grants.set(access.grantId, held);
    return 'ahead';
  }

  async find(grantId: GrantId, digest: Digest): Promise<AccessTokenRecord | undefined> {
    const held = this.#held(grantId);
    const found = [held?.access, held?.previous].find((candidate) => candidate?.digest === digest);
    return isLive(found, this.#clock()) ? found : undefined;
  }

  async heldAccess(grantId: GrantId): Promise<HeldAccess> {
    const { access, previous } = this.#held(grantId) ?? {};
    return { ...(access === undefined ? {} : { access }), ...(previous === undefined ? {} : { previous }) };
  }

  async heldRefresh(grantId: GrantId): Promise<RefreshTokenRecord | undefined> {
    return this.findRefresh(grantId); // a read deletes expired records, so none is left to return
  }

  async findRefresh(grantId: GrantId): Promise<RefreshTokenRecord | undefined> {
    return this.#held(grantId)?.refresh;
  }

  async rotate({ spent, access, refresh, previousAccessUntil }: Rotation): Promise<RotationOutcome> {
    const held = this.#held(refresh.grantId);
    if (held?.refresh === undefined) return 'unknown';
    if (held.refresh.digest === refresh.digest) return 'rotated';
    if (held.refresh.digest !== spent) return 'spent';
    const previous = held.access && {
      ...held.access,
      expiresAt: Math.min(held.access.expiresAt, previousAccessUntil),
    };
    this.#grants.set(refresh.grantId, { access, refresh, ...(previous === undefined ? {} : { previous }) });
    return 'rotated';
  }

  async revokeGrant(grantId: GrantId): Promise<boolean> {
    const held = this.#held(grantId);
    this.#grants.delete(grantId);
    return held !== undefined;
  }

  async revokeAccess(grantId: GrantId): Promise<boolean> {
    const { access, refresh } = this.#held(grantId) ?? {};
    if (refresh === undefined) this.#grants.delete(grantId);
    else this.#grants.set(grantId, { refresh });
    return access !== undefined;
  }

  async invalidate(): Promise<void> {} // no other process caches this store

  async grantsOf(owner: GrantOwner): Promise<readonly GrantId[]> {
    const owned = ({ access, refresh }: Held): boolean => {
      const grant = access ?? refresh;
      return 'clientId' in owner ? grant?.clientId === owner.clientId : grant?.subject === owner.subject;
    };
    const grants = [...this.#grants].filter(([, held]) => owned(held)).map(([grantId]) => grantId);
    return grants.filter((grantId) => this.#held(grantId) !== undefined);
  }

  /** Checks that a grant can be saved. @throws StoreUnavailableError `full` if not */
  async check(): Promise<void> {
    this.#makeRoom();
  }

  async close(): Promise<void> {
    clearInterval(this.#sweeper);
    this.#grants.clear();
  }

  /** Finds the live state of a grant. Deletes expired records, so that setting the clock back does not revive them. */
  #held(grantId: GrantId): Held | undefined {
    const held = this.#grants.get(grantId);
    if (held === undefined) return undefined;
    const now = this.#clock();
    const { access, previous, refresh } = held;
    const live: Held = {
      ...(isLive(access, now) ? { access } : {}),
      ...(previous === undefined || !isLive(access, now) ? {} : { previous }),
      ...(isLive(refresh, now) ? { refresh } : {}),
    };
    if (endOf(live) === 0) {
      this.#grants.delete(grantId);
      return undefined;
    }
    this.#grants.set(grantId, live);
    return live;
  }

  #makeRoom(): void {
    if (this.#grants.size >= this.#maxGrants) this.#sweepIfDue();
    if (this.#grants.size >= this.#maxGrants) throw new StoreUnavailableError('full');
  }

  #sweepIfDue(): void {
    if (this.#clock() - this.#lastSweep >= MIN_SECONDS_BETWEEN_SWEEPS) this.#sweep();
  }

  #sweep(): void {
    const now = this.#clock();
    this.#lastSweep = now;
    for (const [grantId, held] of this.#grants) {
      if (endOf(held) <= now) this.#grants.delete(grantId);
    }
  }
}
