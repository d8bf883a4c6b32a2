import type { Organization } from '../../directory/records';
import { narrowPage, redirect, type Answer } from '../../pages/answer';
import { field, newPasswordField, select } from '../../pages/fields';
import { form, link } from '../../pages/form';
import { faultIn, faultOf, type FormFault } from '../../pages/form-fault';
import { html, type Html } from '../../pages/html';
import { notice } from '../../pages/notice';
import { createAccount, readNewAccount } from '../sign-up/new-account';
import type { PortalPage } from '../page';
import type { PageServices } from '../page-services';
import { HOME } from '../returns';
import { findSignUpOffer, hasSignUpApproval } from '../sign-up/sign-up-offer';
import type { Visit } from '../visit';

const nameField = ({ form: given, texts }: Visit, hint: string, fault: FormFault | undefined): Html =>
  field({
    name: 'username',
    label: texts.signIn.username,
    autocomplete: 'username',
    value: given.get('username'),
    hint,
    fault: faultIn(fault, 'username'),
    autofocus: true,
  });

const organizationField = ({ form: given, texts }: Visit, organizations: readonly Organization[]): Html =>
  select(
    {
      name: 'organization',
      label: texts.signIn.organization,
      chosen: given.get('organization'),
      hint: texts.account.organizationHint,
    },
    organizations.map(({ key, name }) => ({ value: key, text: name === undefined ? key : `${name} (${key})` })),
  );

const accountFields = (
  visit: Visit,
  organizations: readonly Organization[] | 'none',
  fault: FormFault | undefined,
): Html =>
  organizations === 'none'
    ? nameField(visit, visit.texts.account.usernameHint, fault)
    : html`${nameField(visit, visit.texts.account.usernameInOrganizationHint, fault)}
      ${organizationField(visit, organizations)}`;

const signUpPageOf = async (visit: Visit, services: PageServices, fault?: FormFault): Promise<Answer> => {
  const { texts } = visit;
  const { account, signIn: signInTexts } = texts;
  const offer = await findSignUpOffer(services);
  const signInLink = html`<p>${link(visit, '/sign-in', signInTexts.signIn)}</p>`;
  if (offer === 'closed')
    return narrowPage(
      signInTexts.signUp,
      html`<p>${account.closed}</p>
        ${signInLink}`,
      fault?.status,
    );
  const body = html`${fault !== undefined && notice('wrong', fault.sentence)}
  ${form(
    visit,
    '/sign-up',
    hasSignUpApproval(services) && html`<p>${visit.texts.setPassword.approvalHint}</p>`,
    accountFields(visit, offer, fault),
    newPasswordField({
      name: 'password',
      label: texts.phrases.password,
      hint: account.passwordHint(services.passwordRule.minLength),
      fault: faultIn(fault, 'password'),
    }),
    newPasswordField({ name: 'again', label: account.passwordAgain, fault: faultIn(fault, 'again') }),
    html`<button>${signInTexts.signUp}</button>`,
  )}
  ${signInLink}`;
  return narrowPage(signInTexts.signUp, body, fault?.status);
};

const signUp = async (visit: Visit, services: PageServices): Promise<Answer> => {
  if (visit.user !== undefined) return redirect(HOME);
  try {
    const account = await readNewAccount(visit.form, services);
    if (account.password !== visit.form.get('again')) {
      const sentence = visit.texts.account.passwordsDiffer;
      return signUpPageOf(visit, services, { field: 'again', sentence, status: 400 });
    }
    await createAccount(account, visit.address, services);
  } catch (error) {
    const fault = faultOf(error, visit.texts);
    if (fault === undefined) throw error;
    return signUpPageOf(visit, services, fault);
  }
  return redirect(`/sign-in?done=${hasSignUpApproval(services) ? 'requested' : 'signed-up'}`);
};

export const signUpPage: PortalPage = {
  path: '/sign-up',
  title: (texts) => texts.signIn.signUp,
  for: 'anyone',
  navigation: 'none',
  isReturnTarget: false,
  isEnabled: (services) => services.signUp !== false,
  show: (visit, services) => (visit.user === undefined ? signUpPageOf(visit, services) : redirect(HOME)),
  forms: [{ path: '/sign-up', handle: signUp }],
};
