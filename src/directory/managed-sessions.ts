import type { Sessions } from '../sessions/sessions';
import { readCall, rules } from './values';

/** Management of the sessions of the pages. */
export interface ManagedSessions {
  /**
   * Ends all sessions of a user, on all gates, in one step. `user` is a full name, or the `id` that a `users` function
   * returns. It is not an error if the user has no session. The user's tokens stay valid:
   * `gate.tokens.revoke({ user, sessions: true })` ends both.
   * @throws DirectoryError `ERR_SCOPEGATE_VALUE` unless `user` is a string. May reject with StoreUnavailableError: all
   *   sessions may have ended then or none, and the call has to be repeated
   */
  end(what: { readonly user: string }): Promise<void>;
}

export interface ManagedSessionServices {
  readonly sessions: Sessions;
  /** Returns the subject of a user's sessions. */
  readonly subjectOf: (user: string) => Promise<string>;
}

const readUser = (what: unknown): string =>
  readCall((checks) => {
    const fields = checks.fields(what ?? null, [], ['user']);
    return fields && checks.required(fields['user'], ['user'], rules.key.pattern, rules.key.text);
  });

export const createManagedSessions = ({ sessions, subjectOf }: ManagedSessionServices): ManagedSessions => ({
  end: async (what) => sessions.endAllOf(await subjectOf(readUser(what))),
});
