import type { Parameters } from '../protocol/parameters';
import type { Language } from '../pages/texts/languages';
import type { Texts } from '../pages/texts/texts';
import type { FormFault } from '../pages/form-fault';
import type { PageUser } from '../sign-in/resource-owners';
import type { SignedInUser } from '../pages/visitors';
import type { Place } from './place';

/** The signed-in user. */
export type PortalUser = SignedInUser;

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
  /** Path and query below the mount; `undefined` for the answer to a form, which cannot be opened again. */
  readonly pageAddress: string | undefined;
  /** True if the portal has one language for all users. */
  readonly isLanguageFixed: boolean;
  readonly language: Language;
  /** The texts of the visitor's language. Every text of a page is one of them, or a value. */
  readonly texts: Texts;
}

export interface UserVisit extends Visit {
  readonly user: PortalUser;
}

/** Returns the actor of an audit fact, with the actor's organization. */
export const actorOf = ({ username, organization }: PageUser) => ({
  actor: username,
  ...(organization === undefined ? {} : { organization }),
});
