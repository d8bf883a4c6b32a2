/** The third argument of a `users` function, after the name and the password. */
export interface SignInContext {
  /** Key of the organization; `undefined` if there are no organizations. */
  readonly organization: string | undefined;
  /** Consumer key of the requesting application; `undefined` if the user signs in on a page: the portal or `/authorize`. */
  readonly clientId: string | undefined;
  /** Address of the client: Express's `req.ip` (see `trust proxy`). */
  readonly address: string;
}

/** A user whose password was right. */
export interface VerifiedUser {
  /**
   * Subject of the user's tokens. It must never change and never identify another user. A string of 1 to 256
   * characters, or a safe integer, which is converted to a decimal string. `find` is called with that string.
   */
  readonly id: string | number;
  readonly roles?: readonly string[];
}

/** The current rights of a user. */
export interface FoundUser {
  readonly roles?: readonly string[];
}

type MaybePromise<T> = Promise<T | null> | T | null;

/** Returns the user, or `null` if the name or password is wrong. If it throws, the response is 503, never a sign-in. */
export type VerifyUser = (username: string, password: string, context: SignInContext) => MaybePromise<VerifiedUser>;

/** An external source of users. */
export interface UserSource {
  readonly verify: VerifyUser;
  /**
   * Returns the current roles, or `null` if the user no longer exists: the refresh then fails, and the grant and the
   * consents of the user end.
   */
  readonly find?: (subject: string) => MaybePromise<FoundUser>;
}
