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
  /** If the principal is a user: the same grants, by client. */
  readonly ofClients = new Map<string, Set<GrantId>>();
  /** Number of authorization codes that were issued to it and are stored. */
  codes = 0;
  /** Set when the epoch is replaced: the grants have ended, and the principal gets another object. */
  hasEnded = false;
  /** Replaced to end the access tokens alone. */
  accessEpoch: Epoch = {};

  constructor(principal: Principal) {
    this.principal = principal;
  }

  add({ grantId, clientId }: Grant): void {
    this.grants.add(grantId);
    if (!('subject' in this.principal)) return;
    const ofClient = this.ofClients.get(clientId) ?? new Set();
    this.ofClients.set(clientId, ofClient.add(grantId));
  }

  remove(grantId: GrantId, clientId: string): void {
    this.grants.delete(grantId);
    const ofClient = this.ofClients.get(clientId);
    ofClient?.delete(grantId);
    if (ofClient?.size === 0) this.ofClients.delete(clientId);
  }
}

const clientIdOf = (principals: readonly HeldPrincipal[]): string => {
  for (const { principal } of principals) if ('clientId' in principal) return principal.clientId;
  return '';
};

/** The principals that have grants or codes. Without either, a principal needs no epoch: nothing was issued under it. */
export class HeldPrincipals {
  readonly #held = new Map<string, HeldPrincipal>();
  readonly #ended = new Set<HeldPrincipal>();

  find(principal: Principal): HeldPrincipal | undefined {
    return this.#held.get(printPrincipal(principal));
  }

  /** Returns the principals of a grant, each with the grant added to it. */
  add(grant: Grant): readonly HeldPrincipal[] {
    const principals = this.#hold(grant);
    for (const held of principals) held.add(grant);
    return principals;
  }

  /** Returns the principals of a code, each with the code counted. */
  addCode(code: Grant): readonly HeldPrincipal[] {
    const principals = this.#hold(code);
    for (const held of principals) held.codes += 1;
    return principals;
  }

  removeCode(principals: readonly HeldPrincipal[]): void {
    for (const held of principals) {
      held.codes -= 1;
      this.#releaseIfUnused(held);
    }
  }

  /** Removes a grant from its principals. */
  remove(grantId: GrantId, principals: readonly HeldPrincipal[]): void {
    const clientId = clientIdOf(principals);
    for (const held of principals) {
      held.remove(grantId, clientId);
      if (held.grants.size === 0) this.#ended.delete(held);
      this.#releaseIfUnused(held);
    }
  }

  /** @returns false if the principal has neither grants nor codes */
  replaceEpoch(principal: Principal, ends: Ends): boolean {
    const held = this.find(principal);
    if (held === undefined) return false;
    if (ends === 'access') {
      held.accessEpoch = {};
      return true;
    }
    held.hasEnded = true;
    this.#held.delete(printPrincipal(principal));
    if (held.grants.size > 0) this.#ended.add(held);
    return true;
  }

  /** The principals whose epoch was replaced and whose grants are still stored. May change while it is iterated. */
  get ended(): Iterable<HeldPrincipal> {
    return this.#ended;
  }

  #hold(grant: Grant): readonly HeldPrincipal[] {
    return principalsOf(grant).map((principal) => {
      const name = printPrincipal(principal);
      const held = this.#held.get(name) ?? new HeldPrincipal(principal);
      this.#held.set(name, held);
      return held;
    });
  }

  #releaseIfUnused(held: HeldPrincipal): void {
    if (held.grants.size > 0 || held.codes > 0 || held.hasEnded) return;
    this.#held.delete(printPrincipal(held.principal));
  }

  clear(): void {
    this.#held.clear();
    this.#ended.clear();
  }
}
