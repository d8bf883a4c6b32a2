import { signInFault } from '../pages/failed-attempts';
import { notice } from '../pages/notice';
import type { Visitors } from '../pages/visitors';
import { OAuthError } from '../protocol/errors';
import type { Sessions } from '../sessions/sessions';
import type { PageUser } from '../sign-in/resource-owners';
import type { Limit } from '../throttle/failure-counters';
import type { Authorizer } from './authorizer';
import type { Outcome } from './outcome';
import type { Handled } from './requests';

export interface SignInsServices {
  readonly authorizer: Authorizer;
  readonly visitors: Visitors;
  readonly sessions: Sessions;
  /** Builds the cookie that the pages share. */
  readonly sessionCookie: (id: string) => string;
  /** Permitted failed sign-ins for one user name from one network; `undefined` if they are not counted. */
  readonly signInLimit: Limit | undefined;
  /** Called after each sign-in. */
  readonly onSignIn: (user: PageUser) => void;
}

/** Creates the handler of the sign-in form, which begins a session as the portal does. */
export const createSignIn =
  ({ authorizer, visitors, sessions, sessionCookie, signInLimit, onSignIn }: SignInsServices) =>
  async (handled: Handled): Promise<Outcome> => {
    const { visit, transactionId } = handled;
    const { texts } = visit;
    const [username = '', password = ''] = [visit.form.get('username'), visit.form.get('password')];
    try {
      const { id, user } = await visitors.signIn({ username, password, address: visit.address });
      if (visit.sessionId !== undefined) await sessions.end(visit.sessionId); // the one that this browser had before
      onSignIn(user);
      const to = `${visit.mount}/resume?transaction=${transactionId}`;
      return { kind: 'redirect', to, cookies: [sessionCookie(id)] };
    } catch (error) {
      if (!(error instanceof OAuthError) || error.code !== 'invalid_grant') throw error;
      const remark = notice('wrong', signInFault(error, signInLimit, texts));
      return authorizer.showSignIn(handled, remark, username);
    }
  };
