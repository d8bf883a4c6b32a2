import { OAuthError } from '../../protocol/errors';
import { page, redirect, type Answer } from '../../pages/answer';
import { mintVisitorId } from '../../pages/session-cookie';
import { pauseSentence } from '../../pages/failed-attempts';
import { field, passwordField } from '../../pages/fields';
import { notice, remarkOf } from '../../pages/notice';
import { html, type Html } from '../../pages/html';
import { form, link } from '../../pages/form';
import { returnOf } from '../returns';
import type { Route, Router } from '../router';
import type { PortalServices } from '../services';
import { Visitors } from '../visitors';
import { actorOf, type Visit } from '../visit';

const DONE: Readonly<Record<string, string>> = {
  'signed-out': 'You have signed out.',
  'signed-up': 'If the user name was available, your account is ready. Sign in below.',
};

/** Routes for signing in and out. @param router has the pages to which a redirect after the sign-in is permitted */
export const signInPages = (services: PortalServices, router: Router): readonly Route[] => {
  const { sessions, audit, signUp, signInLimit, directory } = services;
  const visitors = new Visitors(services);

  const signInPage = async (visit: Visit, back: string, remark?: Html): Promise<Answer> => {
    const username = visit.form.get('username');
    const hint = (await directory.organizations.isEmpty())
      ? undefined
      : 'With your organization, for example jane@example.com@acme, where acme is your organization.';
    return page(
      'Sign in',
      html`${remark}
      ${form(
        visit,
        '/sign-in',
        html`<input type="hidden" name="return" value="${back}" />`,
        field({
          name: 'username',
          label: 'User name',
          autocomplete: 'username',
          value: username,
          hint,
          autofocus: username === undefined,
        }),
        passwordField({ autofocus: username !== undefined }),
        html`<button>Sign in</button>`,
      )}
      ${signUp && html`<p>No account yet? ${link(visit, '/sign-up', 'Sign up')}</p>`}`,
    );
  };

  const signIn = async (visit: Visit): Promise<Answer> => {
    const [username = '', password = ''] = [visit.form.get('username'), visit.form.get('password')];
    const back = returnOf(router, visit.form.get('return'));
    try {
      const { id, user } = await visitors.signIn({ username, password, address: visit.address });
      await sessions.end(visit.id); // the session that this browser had before
      audit.note({ action: 'sign_in', ...actorOf(user) });
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
        const back = returnOf(router, visit.query.get('return'));
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
