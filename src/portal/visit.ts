import type { Parameters } from '../protocol/parameters';
import type { FormFault } from '../pages/form-fault';
import type { Place } from './place';

/** The signed-in user. */
export interface PortalUser {
  /** The subject of the user's tokens. */
  readonly subject: string;
  /** The name that the user signed in with. */
  readonly username: string;
  /** The name under which the user owns applications. */
  readonly owner: string;
  readonly organization?: string;
  readonly roles: readonly string[];
  readonly isAdmin: boolean;
}

/** A request in the form that page handlers receive; never Express's own object. */
export interface Visit extends Place {
  /** Decoded values of the path's parameters. */
  readonly params: Readonly<Record<string, string>>;
  /** Form of a POST; empty for a GET. */
  readonly form: Parameters;
  /** Fault of a submitted form whose page is rendered again. */
  readonly fault?: FormFault | undefined;
  readonly address: string;
  /** Id in the cookie, of a session or of a visitor. */
  readonly id: string;
  /** Token that forms must send with this id. */
  readonly formToken: string;
  readonly user?: PortalUser;
}

export interface UserVisit extends Visit {
  readonly user: PortalUser;
}

/** Returns the actor of an audit fact, with the actor's organization. */
export const actorOf = ({ username, organization }: PortalUser) => ({
  actor: username,
  ...(organization === undefined ? {} : { organization }),
});
