/** The values of a principal's epoch that something was issued under. */
export interface Epoch {
  readonly grants: number;
  readonly access: number;
}

/**
 * One life of a name. A record that is created under a name again, or declared there after it was removed, is another
 * principal.
 */
export class Principal {
  #grants = 0;
  #access = 0;
  #isRemoved = false;

  /** Ends everything that was issued so far. */
  endGrants(): void {
    this.#grants += 1;
    this.#access += 1;
  }

  /** Ends the access tokens that were issued so far. */
  endAccess(): void {
    this.#access += 1;
  }

  /** Ends everything, for good. */
  remove(): void {
    this.#isRemoved = true;
  }

  epoch(): Epoch {
    return { grants: this.#grants, access: this.#access };
  }

  holdsGrants({ grants }: Epoch): boolean {
    return !this.#isRemoved && grants === this.#grants;
  }

  holdsAccess(epoch: Epoch): boolean {
    return this.holdsGrants(epoch) && epoch.access === this.#access;
  }
}

/** Ties what was issued to the life and the epoch of one of its principals. */
export class Bond {
  readonly #principal: Principal;
  readonly #epoch: Epoch;

  constructor(principal: Principal) {
    this.#principal = principal;
    this.#epoch = principal.epoch();
  }

  holdsGrants(): boolean {
    return this.#principal.holdsGrants(this.#epoch);
  }

  holdsAccess(): boolean {
    return this.#principal.holdsAccess(this.#epoch);
  }
}
