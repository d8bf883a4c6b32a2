/** The third argument of a `users` function, after the name and the password. */
export interface SignInContext {
  /** The organization's key, where there are organizations. */
  readonly organization: string | undefined;
  /** The application that asks, by its consumer key; `undefined` where the user signs in at the Store. */
  readonly clientId: string | undefined;
  /** The address that the request came from: Express's `req.ip` (see `trust proxy`). */
  readonly address: string;
}

/** A user whose password was right. */
export interface VerifiedUser {
  /**
   * The subject of the user's tokens, which never changes and never names another user: a text of 1 to 256 characters, or a
   * safe integer, which becomes its decimal text. `find` is called with that text.
   */
  readonly id: string | number;
  readonly roles?: readonly string[];
}

/** The current rights of a user. */
export interface FoundUser {
  readonly roles?: readonly string[];
}

type Answer<T> = Promise<T | null> | T | null;

/** Answers the user, or `null` when the name or the password is wrong. What it throws becomes 503, never a pass. */
export type VerifyUser = (username: string, password: string, context: SignInContext) => Answer<VerifiedUser>;

/** Users who are kept elsewhere. */
export interface UserSource {
  readonly verify: VerifyUser;
  /** The user's present roles, or `null` when the user is gone: the refresh fails then and the grant ends. */
  readonly find?: (subject: string) => Answer<FoundUser>;
}
