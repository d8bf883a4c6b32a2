import type { GrantId } from '../../protocol/secrets';
import { printPrincipal, principalsOf, type Principal } from '../../tokens/principal';
import type { Grant } from '../../tokens/records';
import type { Ends } from '../../tokens/token-store';

/** Value that is never used for two epochs: equal to itself alone. */
type Epoch = object;

/** A principal under one epoch, and the grants that were issued to it. */
export class HeldPrincipal {
  readonly principal: Principal;
  readonly grants = new Set<GrantId>();
  /** Set when the epoch is replaced: the grants have ended, and the principal gets another object. */
  hasEnded = false;
  /** Replaced to end the access tokens alone. */
  accessEpoch: Epoch = {};

  constructor(principal: Principal) {
    this.principal = principal;
  }
}

/** The principals that have grants. A principal without grants needs no epoch, because nothing was issued under it. */
export class HeldPrincipals {
  readonly #held = new Map<string, HeldPrincipal>();
  readonly #ended = new Set<HeldPrincipal>();

  find(principal: Principal): HeldPrincipal | undefined {
    return this.#held.get(printPrincipal(principal));
  }

  /** Returns the principals of a grant, each with the grant added to it. */
  add(grant: Grant): readonly HeldPrincipal[] {
    return principalsOf(grant).map((principal) => {
      const name = printPrincipal(principal);
      const held = this.#held.get(name) ?? new HeldPrincipal(principal);
      this.#held.set(name, held);
      held.grants.add(grant.grantId);
      return held;
    });
  }

  /** Removes a grant from its principals. */
  remove(grantId: GrantId, principals: readonly HeldPrincipal[]): void {
    for (const held of principals) {
      held.grants.delete(grantId);
      if (held.grants.size > 0) continue;
      this.#ended.delete(held);
      if (!held.hasEnded) this.#held.delete(printPrincipal(held.principal));
    }
  }

  /** @returns false if the principal has no grants */
  replaceEpoch(principal: Principal, ends: Ends): boolean {
    const held = this.find(principal);
    if (held === undefined) return false;
    if (ends === 'access') {
      held.accessEpoch = {};
      return true;
    }
    held.hasEnded = true;
    this.#held.delete(printPrincipal(principal));
    this.#ended.add(held);
    return true;
  }

  /** The principals whose epoch was replaced and whose grants are still stored. May change while it is iterated. */
  get ended(): Iterable<HeldPrincipal> {
    return this.#ended;
  }

  clear(): void {
    this.#held.clear();
    this.#ended.clear();
  }
}
