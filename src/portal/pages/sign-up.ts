import { accountOf } from '../../directory/account-key';
import { joinName, normalKey, normalName } from '../../directory/usernames';
import { refuseValue } from '../../directory/values';
import { DirectoryError } from '../../protocol/errors';
import { page, redirect, type Answer } from '../../pages/answer';
import { field } from '../../pages/fields';
import { notice } from '../../pages/notice';
import { faultIn, faultOf, type FormFault } from '../../pages/form-fault';
import { html } from '../../pages/html';
import { form, link } from '../../pages/form';
import { HOME } from '../returns';
import type { Route } from '../router';
import type { PortalServices } from '../services';
import type { Visit } from '../visit';

/** Errors that get the same response as success: a name that is taken, and an organization that does not exist. */
const HIDDEN: ReadonlySet<string> = new Set(['ERR_SCOPEGATE_EXISTS', 'ERR_SCOPEGATE_NOT_FOUND']);

interface NewAccount {
  readonly name: string;
  /** Absent if there are no organizations. */
  readonly organization?: string;
  readonly password: string;
}

const MISSING_ORGANIZATION =
  'organization must be the key of your organization: letters, digits, dots, hyphens and underscores. Ask an administrator of your organization for it';

export const signUpPages = (services: PortalServices): readonly Route[] => {
  const { signUp, passwordRule, users, owners, applications, directory, throttle, audit } = services;
  if (!signUp) return [];

  const signUpPage = async (visit: Visit, fault?: FormFault): Promise<Answer> => {
    const { form: given } = visit;
    const hasOrganizations = !(await directory.organizations.isEmpty());
    const body = html`${fault !== undefined && notice('wrong', fault.sentence)}
      ${form(
        visit,
        '/sign-up',
        field({
          name: 'username',
          label: 'User name',
          autocomplete: 'username',
          value: given.get('username'),
          hint: hasOrganizations
            ? 'Without the organization. It may be an e-mail address.'
            : 'It may be an e-mail address.',
          fault: faultIn(fault, 'username'),
          autofocus: true,
        }),
        hasOrganizations &&
          field({
            name: 'organization',
            label: 'Organization',
            autocomplete: 'organization',
            value: given.get('organization'),
            hint: 'The key of your organization. You sign in as user name, @ and this key.',
            fault: faultIn(fault, 'organization'),
          }),
        field({
          name: 'password',
          label: 'Password',
          type: 'password',
          autocomplete: 'new-password',
          hint: passwordRule.text,
          fault: faultIn(fault, 'password'),
        }),
        field({
          name: 'again',
          label: 'Password again',
          type: 'password',
          autocomplete: 'new-password',
          fault: faultIn(fault, 'again'),
        }),
        html`<button>Sign up</button>`,
      )}
      <p>${link(visit, '/sign-in', 'Sign in')}</p>`;
    return page('Sign up', body, fault?.status);
  };

  /** Checks whether applications belong to a name whose user was removed or has not been created yet. */
  const ownsApplications = async (fullName: string): Promise<boolean> => {
    const subject = await directory.subjectOf(fullName);
    for await (const { owner } of applications.list()) {
      if (owner !== undefined && (await directory.subjectOf(owner)) === subject) return true;
    }
    return false;
  };

  /**
   * Reads and checks the form before any look-up, because faults reported later would reveal which organizations exist.
   * @throws DirectoryError `ERR_SCOPEGATE_VALUE`
   */
  const read = async ({ form: given }: Visit): Promise<NewAccount> => {
    const name = given.get('username') ?? '';
    const password = given.get('password') ?? '';
    if (normalName(name) === undefined) {
      refuseValue(
        'username must have 1 to 256 characters, without spaces and without letters that only look like others',
      );
    }
    const isWhole = await directory.organizations.isEmpty();
    const organization = isWhole ? undefined : (given.get('organization') ?? '').trim();
    if (organization !== undefined && normalKey(organization) === undefined) refuseValue(MISSING_ORGANIZATION);
    const account = { name, ...(organization === undefined ? {} : { organization }) };
    passwordRule.check(password, joinName(account));
    return { ...account, password };
  };

  /** Creates a user. Only the sign-in shows whether the name was available (OWASP: account enumeration). */
  const create = async ({ name, organization, password }: NewAccount, address: string): Promise<void> => {
    const inOrganization = organization === undefined ? {} : { organization };
    const fullName = joinName({ name, ...inOrganization });
    // If no user is created, the response must still take as long as hashing a password.
    const spendEqualTime = () => owners.spendEqualTime({ username: fullName, password, address, client: undefined });
    // Probing for user names is throttled like guessing passwords.
    const attempt = await throttle.beginSignIn(accountOf(fullName), address);
    try {
      if (attempt.refused) return await spendEqualTime();
      if (await ownsApplications(fullName)) {
        await spendEqualTime();
        return await attempt.settle('failed');
      }
      const made = await users.create({ username: name, password, ...inOrganization });
      await attempt.settle('undecided');
      const madeIn = made.organization === undefined ? {} : { organization: made.organization };
      audit.note({ action: 'sign_up', actor: made.username, ...madeIn });
    } catch (error) {
      const isHidden = error instanceof DirectoryError && HIDDEN.has(error.code);
      await attempt.settle(isHidden ? 'failed' : 'undecided');
      if (!isHidden) throw error;
      if (error.code === 'ERR_SCOPEGATE_NOT_FOUND') await spendEqualTime(); // thrown before anything was hashed
    }
  };

  const signUpWith = async (visit: Visit): Promise<Answer> => {
    if (visit.user !== undefined) return redirect(HOME);
    try {
      const account = await read(visit);
      if (account.password !== visit.form.get('again')) {
        return signUpPage(visit, { field: 'again', sentence: 'The two passwords are not the same.', status: 400 });
      }
      await create(account, visit.address);
    } catch (error) {
      const fault = faultOf(error);
      if (fault === undefined) throw error;
      return signUpPage(visit, fault);
    }
    return redirect('/sign-in?done=signed-up');
  };

  return [
    {
      method: 'GET',
      path: '/sign-up',
      for: 'anyone',
      handle: (visit) => (visit.user === undefined ? signUpPage(visit) : redirect(HOME)),
    },
    { method: 'POST', path: '/sign-up', for: 'anyone', handle: signUpWith },
  ];
};
