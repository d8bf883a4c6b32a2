import type { Digest, GrantId } from '../protocol/secrets';
import type { EpochSeconds, Milliseconds } from '../protocol/time';
import { printPrincipal, principalsOf, type Principal } from './principal';
import type { AccessTokenRecord } from './records';

/**
 * Why a token that was watched can no longer be used.
 * - `expired`: it reached its expiry, or the end of its grace window after a refresh.
 * - `ended`: it was revoked, or its user, client, organization or consent was ended or changed.
 * - `unavailable`: it can no longer be checked, or the gate is closing.
 */
export type WatchEnd = 'expired' | 'ended' | 'unavailable';

export type WatchListener = (reason: WatchEnd) => void;

/** A token that is watched, by any number of listeners. */
export interface WatchedToken {
  readonly grantId: GrantId;
  readonly digest: Digest;
  /** Printed. */
  readonly principals: readonly string[];
  readonly listeners: Set<WatchListener>;
  expiresAt: EpochSeconds;
  /** When the token was last proved live, in running time. Only kept up while it is in doubt. */
  provedAt: Milliseconds;
  /** When a token in doubt is to be read again, in running time. */
  readAt: Milliseconds;
  /** Number of changes since it is watched: a read that began before the last one does not remove the doubt. */
  changes: number;
}

/** Several tokens under one name. */
class Groups {
  readonly #members = new Map<string, Set<WatchedToken>>();

  add(name: string, token: WatchedToken): void {
    const members = this.#members.get(name);
    if (members === undefined) this.#members.set(name, new Set([token]));
    else members.add(token);
  }

  delete(name: string, token: WatchedToken): void {
    const members = this.#members.get(name);
    members?.delete(token);
    if (members?.size === 0) this.#members.delete(name);
  }

  of(name: string): readonly WatchedToken[] {
    return [...(this.#members.get(name) ?? [])];
  }
}

/** The watched tokens, indexed by grant and principal, so that a search takes time only for the tokens it finds. */
export class WatchedTokens {
  readonly #tokens = new Map<Digest, WatchedToken>();
  readonly #ofGrants = new Groups();
  readonly #ofPrincipals = new Groups();

  get size(): number {
    return this.#tokens.size;
  }

  add(record: AccessTokenRecord, now: Milliseconds): WatchedToken {
    const { grantId, digest, expiresAt } = record;
    const principals = principalsOf(record).map(printPrincipal);
    const moments = { expiresAt, provedAt: now, readAt: now };
    const token: WatchedToken = { grantId, digest, principals, listeners: new Set(), ...moments, changes: 0 };
    this.#tokens.set(digest, token);
    this.#ofGrants.add(grantId, token);
    for (const principal of principals) this.#ofPrincipals.add(principal, token);
    return token;
  }

  delete(token: WatchedToken): void {
    this.#tokens.delete(token.digest);
    this.#ofGrants.delete(token.grantId, token);
    for (const principal of token.principals) this.#ofPrincipals.delete(principal, token);
  }

  find(digest: Digest): WatchedToken | undefined {
    return this.#tokens.get(digest);
  }

  all(): Iterable<WatchedToken> {
    return this.#tokens.values();
  }

  ofGrant(grantId: GrantId): readonly WatchedToken[] {
    return this.#ofGrants.of(grantId);
  }

  ofPrincipal(principal: Principal): readonly WatchedToken[] {
    return this.#ofPrincipals.of(printPrincipal(principal));
  }
}
