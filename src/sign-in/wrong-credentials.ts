import { OAuthError } from '../protocol/errors';

/** A wrong user name or password. The message is the same for every reason (RFC 6819 §4.4.3). */
export class WrongCredentialsError extends OAuthError {
  /** Failed sign-ins of this user name from this network in the current window, this one included; 0 if not counted. */
  readonly failures: number;

  /** Set if the password was right, but the sign-up of the user waits for approval. Only a page may show that. */
  readonly awaits: 'approval' | undefined;

  constructor(failures = 0, awaits?: 'approval') {
    super('invalid_grant', 'The user name or the password is wrong.');
    this.failures = failures;
    this.awaits = awaits;
  }
}
