import type { Request } from 'express';
import type { EpochSeconds, Seconds } from '../protocol/time';

/** The user that an authorization request needs. */
export interface SignInRequest {
  /** Consumer key of the application that asks. */
  readonly clientId: string;
  /** Set if the user must sign in anew, even if there is a session: return `redirect`. */
  readonly prompt?: 'login';
  /** Maximum age of the sign-in. If it is older, return `redirect`. */
  readonly maxAge?: Seconds;
  /** User name that the application suggests. */
  readonly loginHint?: string;
  /** URL to which the browser must be sent after the sign-in. */
  readonly returnTo: string;
}

/** The signed-in user, or the address at which the user signs in. */
export type SignInResult =
  | {
      /** Full name of a user in the directory, or the id that a `users` function returns. */
      readonly user: string;
      /** Roles of a user of a `users` function without `find`. */
      readonly roles?: readonly string[];
      /** Instant of the sign-in; required if the request has `prompt` or `maxAge`. */
      readonly authenticatedAt?: EpochSeconds;
    }
  /** A path of this host, or an https URL. */
  | { readonly redirect: string };

/** Returns the signed-in user of a browser's request, or where the user signs in. If it throws, the response is 503. */
export type SignInHook = (request: Request, asked: SignInRequest) => Promise<SignInResult> | SignInResult;
