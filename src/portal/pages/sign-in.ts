import { OAuthError } from '../../protocol/errors';
import { page, redirect, type Answer } from '../answer';
import { mintVisitorId } from '../cookie';
import { pauseSentence } from '../failed-attempts';
import { field, notice, passwordField, remarkOf } from '../fields';
import { html, type Html } from '../html';
import { form, link } from '../layout';
import type { Route } from '../router';
import type { PortalServices } from '../services';
import { Visitors } from '../visitors';
import { by, type Visit } from '../visit';

const DONE: Readonly<Record<string, string>> = {
  'signed-out': 'You have signed out.',
  'signed-up': 'You can sign in now. If that does not work, the user name was taken already.',
};

const RETURNS: ReadonlySet<string> = new Set(
  ['apis', 'subscriptions', 'generate-token', 'try-it', 'tokens', 'organization', 'password'].map((name) => `/${name}`),
);

/** Whether somebody may be sent to a path after signing in: pages of the Store without parameters, and nothing else. */
export const isReturn = (path: string): boolean => RETURNS.has(path);

const returnOf = (path: string | null | undefined): string => (path && isReturn(path) ? path : '/apis');

export const signInPages = (services: PortalServices): readonly Route[] => {
  const { sessions, audit, signUp, signInLimit } = services;
  const visitors = new Visitors(services);

  const signInPage = (visit: Visit, back: string, remark?: Html): Answer =>
    page(
      'Sign in',
      html`${remark}
      ${form(
        visit,
        '/sign-in',
        html`<input type="hidden" name="return" value="${back}" />`,
        field({ name: 'username', label: 'User name', autocomplete: 'username', value: visit.form.get('username') }),
        passwordField(),
        html`<button>Sign in</button>`,
      )}
      ${signUp && html`<p>No account yet? ${link(visit, '/sign-up', 'Sign up')}</p>`}`,
    );

  const signIn = async (visit: Visit): Promise<Answer> => {
    const [username = '', password = ''] = [visit.form.get('username'), visit.form.get('password')];
    const back = returnOf(visit.form.get('return'));
    try {
      const { id, user } = await visitors.signIn({ username, password, address: visit.address });
      await sessions.end(visit.id); // whoever was signed in here before is not any more
      audit.note({ action: 'sign_in', ...by(user) });
      return redirect(back, id);
    } catch (error) {
      if (!(error instanceof OAuthError) || error.code !== 'invalid_grant') throw error;
      return signInPage(visit, back, notice('wrong', error.message + pauseSentence(error, signInLimit)));
    }
  };

  return [
    {
      method: 'GET',
      path: '/sign-in',
      for: 'anyone',
      handle: (visit) => {
        const back = returnOf(visit.query.get('return'));
        if (visit.user !== undefined) return redirect(back);
        const done = remarkOf(DONE, visit.query.get('done'));
        return signInPage(visit, back, done === undefined ? undefined : notice('done', done));
      },
    },
    { method: 'POST', path: '/sign-in', for: 'anyone', handle: signIn },
    {
      method: 'POST',
      path: '/sign-out',
      for: 'anyone',
      handle: async (visit) => {
        await sessions.end(visit.id);
        return redirect('/sign-in?done=signed-out', mintVisitorId());
      },
    },
  ];
};
