import { OAuthError } from '../protocol/errors';

/** A wrong user name or password. The message is the same for every reason (RFC 6819 §4.4.3). */
export class WrongCredentialsError extends OAuthError {
  /** Failed sign-ins of this user name from this network in the current window, this one included; 0 if not counted. */
  readonly failures: number;

  constructor(failures = 0) {
    super('invalid_grant', 'The user name or the password is wrong.');
    this.failures = failures;
  }
}
