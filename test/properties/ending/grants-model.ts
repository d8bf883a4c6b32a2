import type { ClientKey, Scopes, UserName } from './names';
import { Bond, type Principal } from './principal';

/** An access token that was issued. The object represents its text. */
export interface ModelAccess {
  readonly kind: 'access';
  readonly number: number;
  readonly grant: ModelGrant;
  readonly scopes: Scopes;
  readonly bonds: readonly Bond[];
}

/** A refresh token that was issued. The object represents its text. */
export interface ModelRefresh {
  readonly kind: 'refresh';
  readonly grant: ModelGrant;
}

export type ModelToken = ModelAccess | ModelRefresh;

/** What was issued together. */
export interface ModelPair {
  readonly access: ModelAccess;
  readonly refresh?: ModelRefresh;
}

export interface ModelGrant {
  readonly number: number;
  readonly client: ClientKey;
  readonly user: UserName | undefined;
  readonly principals: readonly Principal[];
  readonly bonds: readonly Bond[];
  scopes: Scopes;
  isRevoked: boolean;
  /** All pairs, the last one last. */
  readonly pairs: ModelPair[];
}

export interface NewGrant {
  readonly client: ClientKey;
  readonly user?: UserName;
  /** The organization, the application and, if any, the user. */
  readonly principals: readonly Principal[];
  readonly scopes: Scopes;
}

const bondsTo = (principals: readonly Principal[]): readonly Bond[] =>
  principals.map((principal) => new Bond(principal));

/** All grants, and which of them are live. Time does not pass: nothing here expires. */
export class GrantsModel {
  readonly all: ModelGrant[] = [];
  #lastAccess = 0;

  /** Counts back from the last grant. */
  pick(number: number): ModelGrant | undefined {
    return this.all[this.all.length - 1 - (number % Math.max(1, this.all.length))];
  }

  issue({ client, user, principals, scopes }: NewGrant): ModelPair {
    const grant: ModelGrant = {
      number: this.all.length + 1,
      client,
      user,
      principals,
      bonds: bondsTo(principals),
      scopes,
      isRevoked: false,
      pairs: [],
    };
    this.all.push(grant);
    return this.#nextPair(grant);
  }

  /** Replaces the pair of a grant, which keeps only these scopes. */
  rotate(grant: ModelGrant, left: Scopes): ModelPair {
    grant.scopes = left;
    return this.#nextPair(grant);
  }

  isLive({ isRevoked, bonds }: ModelGrant): boolean {
    return !isRevoked && bonds.every((bond) => bond.holdsGrants());
  }

  /** Checks whether a guard must accept a token: one of the last two of a live grant, inside the grace window. */
  isAccepted(token: ModelAccess): boolean {
    const held = token.grant.pairs.slice(-2).map(({ access }) => access);
    return held.includes(token) && this.isLive(token.grant) && token.bonds.every((bond) => bond.holdsAccess());
  }

  #nextPair(grant: ModelGrant): ModelPair {
    const access: ModelAccess = {
      kind: 'access',
      number: (this.#lastAccess += 1),
      grant,
      scopes: grant.scopes,
      bonds: bondsTo(grant.principals),
    };
    const pair = grant.user === undefined ? { access } : { access, refresh: { kind: 'refresh' as const, grant } };
    grant.pairs.push(pair);
    return pair;
  }
}

export const lastPairOf = ({ pairs }: ModelGrant): ModelPair | undefined => pairs.at(-1);
