import { COMMON_PASSWORDS } from './common-passwords';
import { isCredentialText, MAX_PASSWORD_BYTES, normalPassword } from './passwords';
import { splitName } from './usernames';
import { PASSWORD_RULE, refuseValue } from './values';

export interface PasswordRuleSettings {
  /** Minimum length of a new password, in Unicode code points. */
  readonly minLength: number;
}

/** Folds a string for comparisons that ignore case and the kind of space. */
const folded = (text: string): string => normalPassword(text).toLowerCase();

/** Checks passwords set at run time (NIST SP 800-63B §3.1.1.2): long enough, not a common one, not the user's name. */
export class PasswordRule {
  readonly #minLength: number;

  constructor({ minLength }: PasswordRuleSettings) {
    this.#minLength = minLength;
  }

  /** Minimum length of a new password, in Unicode code points. */
  get minLength(): number {
    return this.#minLength;
  }

  /**
   * Returns the password if it may be set.
   * @param fullName of the user, organization included
   * @throws DirectoryError `ERR_SCOPEGATE_VALUE` naming the rule that is broken
   */
  check(password: unknown, fullName: string): string {
    // A password that cannot be sent in a token request must not be set.
    if (typeof password !== 'string' || !isCredentialText(password, MAX_PASSWORD_BYTES)) {
      return refuseValue(`password must be ${PASSWORD_RULE}`, { name: 'password_malformed' });
    }
    if ([...normalPassword(password)].length < this.#minLength) {
      return refuseValue(`password must have at least ${this.#minLength} characters`, {
        name: 'password_too_short',
        min: this.#minLength,
      });
    }
    if (COMMON_PASSWORDS.has(folded(password))) {
      return refuseValue('password must not be one of the most common passwords; choose another', {
        name: 'password_common',
      });
    }
    if ([fullName, splitName(fullName).name].map(folded).includes(folded(password))) {
      return refuseValue('password must not be the user name; choose another', { name: 'password_is_username' });
    }
    return password;
  }
}
