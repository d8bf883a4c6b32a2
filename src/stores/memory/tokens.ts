import { setImmediate as nextTurn } from 'node:timers/promises';
import { StoreUnavailableError } from '../../protocol/errors';
import type { Digest, GrantId } from '../../protocol/secrets';
import type { Clock, EpochSeconds } from '../../protocol/time';
import { UNLIMITED_GRANTS } from '../../tokens/grant-limits';
import type { GrantOwner, Principal } from '../../tokens/principal';
import type { AccessTokenRecord, Grant, RefreshTokenRecord } from '../../tokens/records';
import type { Ends, HeldAccess, Rotation, RotationOutcome, Saved, TokenStore } from '../../tokens/token-store';
import { HeldPrincipals, type HeldPrincipal } from './principals';

/** An access token, and the access epochs of its principals when it was issued. */
interface Issued {
  readonly record: AccessTokenRecord;
  readonly under: readonly object[];
}

/** The current state of one grant. */
interface Held {
  readonly principals: readonly HeldPrincipal[];
  readonly access?: Issued;
  /** The previous access token: live during the grace window of a refresh, and stored until the next refresh. */
  readonly previous?: Issued;
  readonly refresh?: RefreshTokenRecord;
}

export interface MemoryTokenStoreOptions {
  readonly clock: Clock;
  /** Maximum number of grants. Once it is reached, `save` rejects: a live token is never dropped for a new one. */
  readonly maxGrants: number;
  /** Shared with the store of codes. @default its own */
  readonly principals?: HeldPrincipals;
}

const SWEEP_EVERY_MS = 30_000;
const MIN_SECONDS_BETWEEN_SWEEPS = 1;
const PAGE_SIZE = 500;
const MAX_READ_OF_CLIENT = 100;

const isLive = <R extends { readonly expiresAt: EpochSeconds }>(
  record: R | undefined,
  now: EpochSeconds,
): record is R => record !== undefined && record.expiresAt > now;

const endOf = ({ access, refresh }: Held): EpochSeconds =>
  Math.max(access?.record.expiresAt ?? 0, refresh?.expiresAt ?? 0);

const accessEpochsOf = (principals: readonly HeldPrincipal[]): readonly object[] =>
  principals.map(({ accessEpoch }) => accessEpoch);

const isUnder = ({ under }: Issued, principals: readonly HeldPrincipal[]): boolean =>
  principals.every(({ accessEpoch }, index) => accessEpoch === under[index]);

/** Tokens in the memory of this process: lost when it ends, and not available to other processes. */
export class MemoryTokenStore implements TokenStore {
  readonly #grants = new Map<GrantId, Held>();
  readonly #principals: HeldPrincipals;
  readonly #clock: Clock;
  readonly #maxGrants: number;
  readonly #sweeper: NodeJS.Timeout;
  #lastSweep: EpochSeconds = 0;

  constructor({ clock, maxGrants, principals = new HeldPrincipals() }: MemoryTokenStoreOptions) {
    this.#principals = principals;
    this.#clock = clock;
    this.#maxGrants = maxGrants;
    this.#sweeper = setInterval(() => this.#sweep(), SWEEP_EVERY_MS).unref();
  }

  async save(access: AccessTokenRecord, refresh?: RefreshTokenRecord, limits = UNLIMITED_GRANTS): Promise<Saved> {
    if (Math.max(access.expiresAt, refresh?.expiresAt ?? 0) <= this.#clock()) return { order: 'ahead', ended: [] };
    this.#delete(access.grantId);
    if (!this.#hasRoomFor(access.clientId, limits.grantsPerClient)) return { order: 'refused', ended: [] };
    const ended = this.#firstToEnd(access, limits.grantsPerUserAndClient);
    if (ended.length === 0) this.#makeRoom();
    for (const grantId of ended) this.#delete(grantId);
    const principals = this.#principals.add(access);
    const issued: Issued = { record: access, under: accessEpochsOf(principals) };
    this.#grants.set(access.grantId, { principals, access: issued, ...(refresh === undefined ? {} : { refresh }) });
    return { order: 'ahead', ended };
  }

  async find(grantId: GrantId, digest: Digest): Promise<AccessTokenRecord | undefined> {
    const { access, previous } = await this.heldAccess(grantId);
    const found = [access, previous].find((candidate) => candidate?.digest === digest);
    return isLive(found, this.#clock()) ? found : undefined;
  }

  async heldAccess(grantId: GrantId): Promise<HeldAccess> {
    const { access, previous } = this.#held(grantId) ?? {};
    return {
      ...(access === undefined ? {} : { access: access.record }),
      ...(previous === undefined ? {} : { previous: previous.record }),
    };
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
    const { principals } = held;
    const previous = held.access && {
      ...held.access,
      record: {
        ...held.access.record,
        expiresAt: Math.min(held.access.record.expiresAt, previousAccessUntil),
      },
    };
    const issued: Issued = { record: access, under: accessEpochsOf(principals) };
    this.#grants.set(refresh.grantId, {
      principals,
      access: issued,
      refresh,
      ...(previous === undefined ? {} : { previous }),
    });
    return 'rotated';
  }

  async revokeGrant(grantId: GrantId): Promise<boolean> {
    const held = this.#held(grantId);
    this.#delete(grantId);
    return held !== undefined;
  }

  async revokeAccess(grantId: GrantId): Promise<boolean> {
    const held = this.#held(grantId);
    if (held?.refresh === undefined) this.#delete(grantId);
    else this.#grants.set(grantId, { principals: held.principals, refresh: held.refresh });
    return held?.access !== undefined;
  }

  async invalidate(): Promise<void> {} // no other process caches this store

  async replaceEpoch(principal: Principal, ends: Ends): Promise<boolean> {
    return this.#principals.replaceEpoch(principal, ends);
  }

  async *grantsOf(owner: GrantOwner): AsyncGenerator<readonly GrantId[]> {
    let page: GrantId[] = [];
    for (const grantId of this.#principals.find(owner)?.grants ?? []) {
      if (this.#held(grantId) !== undefined) page.push(grantId);
      if (page.length < PAGE_SIZE) continue;
      yield page;
      page = [];
      await nextTurn(); // the caller may only wait for promises that are already resolved
    }
    if (page.length > 0) yield page;
  }

  /** Frees the grants of every principal whose epoch was replaced. */
  async freeEnded(): Promise<void> {
    let freed = 0;
    for (const { grants } of this.#principals.ended) {
      for (const grantId of grants) {
        this.#delete(grantId);
        freed += 1;
        if (freed % PAGE_SIZE === 0) await nextTurn();
      }
    }
  }

  /** Checks that a grant can be saved. @throws StoreUnavailableError `full` if not */
  async check(): Promise<void> {
    this.#makeRoom();
  }

  async close(): Promise<void> {
    clearInterval(this.#sweeper);
    this.#grants.clear();
    this.#principals.clear();
  }

  /** Finds the live state of a grant. Deletes expired records, so that setting the clock back does not revive them. */
  #held(grantId: GrantId): Held | undefined {
    const held = this.#grants.get(grantId);
    if (held === undefined) return undefined;
    const live = this.#liveOf(held);
    if (endOf(live) === 0) {
      this.#delete(grantId);
      return undefined;
    }
    this.#grants.set(grantId, live);
    return live;
  }

  #liveOf({ principals, access, previous, refresh }: Held): Held {
    if (principals.some(({ hasEnded }) => hasEnded)) return { principals };
    const now = this.#clock();
    const isAccessLive = isLive(access?.record, now);
    const keepsAccess = access !== undefined && isAccessLive && isUnder(access, principals);
    return {
      principals,
      ...(keepsAccess ? { access } : {}),
      ...(previous === undefined || !isAccessLive || !isUnder(previous, principals) ? {} : { previous }),
      ...(isLive(refresh, now) ? { refresh } : {}),
    };
  }

  #delete(grantId: GrantId): void {
    const held = this.#grants.get(grantId);
    if (held === undefined) return;
    this.#grants.delete(grantId);
    this.#principals.remove(grantId, held.principals);
  }

  #hasRoomFor(clientId: string, max: number): boolean {
    const held = this.#principals.find({ clientId });
    if (held === undefined || held.grants.size < max) return true;
    this.#sweepIfDue();
    // A read deletes a grant that has ended since the last sweep. Those that were issued first are likely to have ended.
    let read = 0;
    for (const grantId of held.grants) {
      if (held.grants.size < max) return true;
      if ((read += 1) > MAX_READ_OF_CLIENT) return false;
      this.#held(grantId);
    }
    return held.grants.size < max;
  }

  /** Returns the grants of a user and client that have to end for one more: those that expire first. */
  #firstToEnd({ clientId, subject }: Grant, max: number): readonly GrantId[] {
    const listed = subject === undefined ? undefined : this.#principals.find({ subject })?.ofClients.get(clientId);
    if (listed === undefined || listed.size < max) return [];
    const expiries = new Map<GrantId, EpochSeconds>();
    for (const grantId of listed) {
      const held = this.#held(grantId);
      if (held !== undefined) expiries.set(grantId, endOf(held));
    }
    const surplus = Math.max(0, expiries.size + 1 - max);
    return [...expiries]
      .sort(([, one], [, other]) => one - other)
      .slice(0, surplus)
      .map(([grantId]) => grantId);
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
      if (endOf(held) <= now || held.principals.some(({ hasEnded }) => hasEnded)) this.#delete(grantId);
    }
  }
}
