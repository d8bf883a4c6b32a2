import { accountOf, splitName } from '../../directory/usernames';
import { DirectoryError } from '../../protocol/errors';
import { page, redirect, type Answer } from '../answer';
import { field, notice } from '../fields';
import { html, type Html } from '../html';
import { form, link } from '../layout';
import type { Route } from '../router';
import type { PortalServices } from '../services';
import type { Visit } from '../visit';

/** What a name that is taken, and an organization that is not there, are answered with: the same as success. */
const UNTOLD: ReadonlySet<string> = new Set(['ERR_SCOPEGATE_EXISTS', 'ERR_SCOPEGATE_NOT_FOUND']);

export const signUpPages = ({ signUp, users, directory, throttle, audit }: PortalServices): readonly Route[] => {
  if (!signUp) return [];

  const signUpPage = (visit: Visit, remark?: Html): Answer =>
    page(
      'Sign up',
      html`${remark}
        ${form(
          visit,
          '/sign-up',
          field({
            name: 'username',
            label: 'User name',
            autocomplete: 'username',
            value: visit.form.get('username'),
            hint: 'Where there are organizations: your name, an @, and the key of your organization.',
          }),
          field({ name: 'password', label: 'Password', type: 'password', autocomplete: 'new-password' }),
          field({ name: 'again', label: 'Password again', type: 'password', autocomplete: 'new-password' }),
          html`<button>Sign up</button>`,
        )}
        <p>${link(visit, '/sign-in', 'Sign in')}</p>`,
    );

  /** Creates a user. Whether the name was free shows at the sign-in alone (OWASP: account enumeration). */
  const create = async (fullName: string, password: string, address: string): Promise<void> => {
    const isWhole = await directory.organizations.isEmpty();
    const { name, organization = '' } = isWhole ? { name: fullName } : splitName(fullName);
    // Names that are tried out count like passwords that are.
    const attempt = await throttle.beginSignIn(accountOf(fullName), address);
    try {
      if (attempt.refused) return;
      await users.create({ username: name, password, ...(isWhole ? {} : { organization }) });
      await attempt.settle('undecided');
      const inOrganization = isWhole ? {} : { organization };
      audit.note({ action: 'sign_up', actor: fullName, ...inOrganization });
    } catch (error) {
      const isUntold = error instanceof DirectoryError && UNTOLD.has(error.code);
      await attempt.settle(isUntold ? 'failed' : 'undecided');
      if (!isUntold) throw error;
    }
  };

  return [
    { method: 'GET', path: '/sign-up', for: 'anyone', handle: (visit) => signUpPage(visit) },
    {
      method: 'POST',
      path: '/sign-up',
      for: 'anyone',
      handle: async (visit) => {
        const [username = '', password = '', again = ''] = ['username', 'password', 'again'].map((name) =>
          visit.form.get(name),
        );
        if (password !== again) return signUpPage(visit, notice('wrong', 'The two passwords are not the same.'));
        try {
          await create(username, password, visit.address);
        } catch (error) {
          if (!(error instanceof DirectoryError)) throw error;
          return signUpPage(visit, notice('wrong', `${error.message.replace(/^ERR_\w+: /, '')}.`));
        }
        return redirect('/sign-in?done=signed-up');
      },
    },
  ];
};
