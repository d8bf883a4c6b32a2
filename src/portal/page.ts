import type { Answer } from '../pages/answer';
import type { Texts } from '../pages/texts/texts';
import type { PageServices } from './page-services';
import type { PortalUser, UserVisit, Visit } from './visit';

/** Handles the request of a page or a form. */
export type Handler<V extends Visit> = (visit: V, services: PageServices) => Promise<Answer> | Answer;

/** A form of a page, sent by POST. The users who may open the page may send it. */
export interface PageForm<V extends Visit> {
  /** A path template, as that of a page. */
  readonly path: string;
  /** Path of the page that is shown again after a fault. @default the nearest page above the form's path */
  readonly page?: string;
  readonly handle: Handler<V>;
}

/**
 * The visitors who may open a page. `readers` are the signed-in users and, if the catalogue is public, all visitors.
 * Administrators' pages do not exist for others.
 */
export type Access = 'anyone' | 'readers' | 'users' | 'admins';

export interface PageOf<For extends Access, V extends Visit> {
  /** A path template such as `/applications/:id`, in the grammar of resources. */
  readonly path: string;
  readonly for: For;
  /** True if a browser may be redirected to the page after a sign-in. */
  readonly isReturnTarget: boolean;
  /** False if the portal does not have the page. @default true */
  readonly isEnabled?: (services: PageServices) => boolean;
  readonly show: Handler<V>;
  readonly forms?: readonly PageForm<V>[];
}

/** A page that the navigation lists: among those of all users or of administrators, or in the menu of the account. */
export interface Listed {
  readonly title: (texts: Texts) => string;
  readonly navigation: 'user' | 'admin' | 'account';
  /** False if the page has nothing to show to a user. @default true */
  readonly isListedFor?: (user: PortalUser) => boolean;
}

export interface Unlisted {
  /** Absent if the title depends on what the page shows. */
  readonly title?: (texts: Texts) => string;
  readonly navigation: 'none';
  /** Path of the listed page to which the page belongs. @default the nearest one above its path */
  readonly section?: string;
}

/** A page and its forms. Everything that concerns all pages derives from these definitions. */
export type PortalPage = (PageOf<'anyone' | 'readers', Visit> | PageOf<'users' | 'admins', UserVisit>) &
  (Listed | Unlisted);
