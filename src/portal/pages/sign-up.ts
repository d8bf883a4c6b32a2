import { accountOf, normalName, splitName } from '../../directory/usernames';
import { refuseValue } from '../../directory/values';
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

export const signUpPages = (services: PortalServices): readonly Route[] => {
  const { signUp, passwordRule, users, owners, applications, directory, throttle, audit } = services;
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

  /** Whether applications belong to a name without a user: to one who is gone, or whom the operator is yet to make. */
  const ownsApplications = async (fullName: string): Promise<boolean> => {
    const subject = await directory.subjectOf(fullName);
    for await (const { owner } of applications.list()) {
      if (owner !== undefined && (await directory.subjectOf(owner)) === subject) return true;
    }
    return false;
  };

  /** Creates a user. Whether the name was free shows at the sign-in alone (OWASP: account enumeration). */
  const create = async (fullName: string, password: string, address: string): Promise<void> => {
    const isWhole = await directory.organizations.isEmpty();
    const { name, organization = '' } = isWhole ? { name: fullName } : splitName(fullName);
    // First what can be said of the text alone: said later, it would tell that the organization is there.
    if (normalName(name) === undefined) refuseValue('username holds characters that a user name may not have');
    passwordRule.check(password, fullName);
    // What creates nobody takes as long as hashing a password does.
    const takeAsLong = () => owners.takeAsLong({ username: fullName, password, address, client: undefined });
    // Names that are tried out count like passwords that are.
    const attempt = await throttle.beginSignIn(accountOf(fullName), address);
    try {
      if (attempt.refused) return await takeAsLong();
      if (await ownsApplications(fullName)) {
        await takeAsLong();
        return await attempt.settle('failed');
      }
      const made = await users.create({ username: name, password, ...(isWhole ? {} : { organization }) });
      await attempt.settle('undecided');
      const inOrganization = made.organization === undefined ? {} : { organization: made.organization };
      audit.note({ action: 'sign_up', actor: made.username, ...inOrganization });
    } catch (error) {
      const isUntold = error instanceof DirectoryError && UNTOLD.has(error.code);
      await attempt.settle(isUntold ? 'failed' : 'undecided');
      if (!isUntold) throw error;
      if (error.code === 'ERR_SCOPEGATE_NOT_FOUND') await takeAsLong(); // before anything was hashed
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
