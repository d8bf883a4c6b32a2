import type { Parameters } from '../protocol/parameters';
import type { FormFault } from './form-fault';
import type { Place } from './place';

/** The signed-in user. */
export interface StoreUser {
  /** The subject of the user's tokens. */
  readonly subject: string;
  /** The name that the user signed in with. */
  readonly username: string;
  /** The name by which applications belong to the user. */
  readonly owner: string;
  readonly organization?: string;
  readonly roles: readonly string[];
  readonly isAdmin: boolean;
}

/** A request as pages see it; never Express's own object. */
export interface Visit extends Place {
  /** The values of the path's parameters, decoded. */
  readonly params: Readonly<Record<string, string>>;
  /** Of a POST; empty for a GET. */
  readonly form: Parameters;
  /** The fault of a form whose page is shown again. */
  readonly fault?: FormFault | undefined;
  readonly address: string;
  /** The cookie's id, and what forms must bring with it. */
  readonly id: string;
  readonly formToken: string;
  readonly user?: StoreUser;
}

export interface UserVisit extends Visit {
  readonly user: StoreUser;
}

/** The actor of an audit entry. */
export const by = ({ username, organization }: StoreUser) => ({
  actor: username,
  ...(organization === undefined ? {} : { organization }),
});
