import { page, redirect, type Answer } from '../../pages/answer';
import { field, newPasswordField } from '../../pages/fields';
import { form, link } from '../../pages/form';
import { faultIn, faultOf, type FormFault } from '../../pages/form-fault';
import { html, type Html } from '../../pages/html';
import { notice } from '../../pages/notice';
import { createAccount, readNewAccount } from '../new-account';
import type { PortalPage } from '../page';
import type { PageServices } from '../page-services';
import { HOME } from '../returns';
import type { Visit } from '../visit';

const TITLE = 'Sign up';

const nameFields = ({ form: given }: Visit, hasOrganizations: boolean, fault: FormFault | undefined): Html =>
  html`${field({
    name: 'username',
    label: 'User name',
    autocomplete: 'username',
    value: given.get('username'),
    hint: hasOrganizations ? 'Without the organization. It may be an e-mail address.' : 'It may be an e-mail address.',
    fault: faultIn(fault, 'username'),
    autofocus: true,
  })}
  ${
    hasOrganizations &&
    field({
      name: 'organization',
      label: 'Organization',
      autocomplete: 'organization',
      value: given.get('organization'),
      hint: 'The key of your organization. You sign in as user name, @ and this key.',
      fault: faultIn(fault, 'organization'),
    })
  }`;

const signUpPageOf = async (
  visit: Visit,
  { directory, passwordRule }: PageServices,
  fault?: FormFault,
): Promise<Answer> => {
  const hasOrganizations = !(await directory.organizations.isEmpty());
  const body = html`${fault !== undefined && notice('wrong', fault.sentence)}
    ${form(
      visit,
      '/sign-up',
      nameFields(visit, hasOrganizations, fault),
      newPasswordField({
        name: 'password',
        label: 'Password',
        hint: passwordRule.text,
        fault: faultIn(fault, 'password'),
      }),
      newPasswordField({ name: 'again', label: 'Password again', fault: faultIn(fault, 'again') }),
      html`<button>Sign up</button>`,
    )}
    <p>${link(visit, '/sign-in', 'Sign in')}</p>`;
  return page(TITLE, body, fault?.status);
};

const signUp = async (visit: Visit, services: PageServices): Promise<Answer> => {
  if (visit.user !== undefined) return redirect(HOME);
  try {
    const account = await readNewAccount(visit.form, services);
    if (account.password !== visit.form.get('again')) {
      const sentence = 'The passwords do not match.';
      return signUpPageOf(visit, services, { field: 'again', sentence, status: 400 });
    }
    await createAccount(account, visit.address, services);
  } catch (error) {
    const fault = faultOf(error);
    if (fault === undefined) throw error;
    return signUpPageOf(visit, services, fault);
  }
  return redirect('/sign-in?done=signed-up');
};

export const signUpPage: PortalPage = {
  path: '/sign-up',
  title: TITLE,
  for: 'anyone',
  navigation: 'none',
  isReturnTarget: false,
  isEnabled: (services) => services.signUp,
  show: (visit, services) => (visit.user === undefined ? signUpPageOf(visit, services) : redirect(HOME)),
  forms: [{ path: '/sign-up', handle: signUp }],
};
