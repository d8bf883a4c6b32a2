import { page, redirect, type Answer } from '../../pages/answer';
import { newPasswordField, passwordField } from '../../pages/fields';
import { form, opener } from '../../pages/form';
import { faultIn, faultOf, type FormFault } from '../../pages/form-fault';
import { html, type Html } from '../../pages/html';
import { notice } from '../../pages/notice';
import { OAuthError } from '../../protocol/errors';
import { requesterOf } from '../../sign-in/requesters';
import { doneRemark } from '../forms/done';
import type { PortalPage } from '../page';
import type { PageServices } from '../page-services';
import { actorOf, type UserVisit } from '../visit';
import { wrongPassword } from '../forms/with-password';

/** Returns why a user's password cannot be changed in the portal, or `undefined` if it can. */
const whyNotChangeable = (
  { user: { subject }, texts: { account } }: UserVisit,
  { userSource, directory }: PageServices,
): string | undefined => {
  if (userSource === 'function') return account.elsewhere;
  if (!directory.users.isDeclared(subject)) return undefined;
  return account.declared;
};

const signOutEverywhere = (visit: UserVisit): Html =>
  html`<h2>${visit.texts.account.sessions}</h2>
    <p>${visit.texts.account.sessionsEnd}</p>
    ${opener(visit, '/sign-out-everywhere', html`<button class="danger">${visit.texts.account.signOutEverywhere}</button>`)}`;

const passwordPageOf = (visit: UserVisit, services: PageServices, remark?: Html, fault?: FormFault): Answer => {
  const { texts } = visit;
  const { account, signIn } = texts;
  const reason = whyNotChangeable(visit, services);
  if (reason !== undefined)
    return page(
      signIn.password,
      html`<p>${reason}</p>
        ${signOutEverywhere(visit)}`,
    );
  return page(
    signIn.password,
    html`${remark}
      <p>${account.consequences}</p>
      ${form(
        visit,
        '/password',
        passwordField({ texts }),
        newPasswordField({
          name: 'new',
          label: account.newPassword,
          hint: account.passwordHint(services.passwordRule.minLength),
          fault: faultIn(fault, 'password'),
        }),
        newPasswordField({ name: 'again', label: account.newPasswordAgain, fault: faultIn(fault, 'again') }),
        html`<button>${account.changePassword}</button>`,
      )}
      ${signOutEverywhere(visit)}`,
    fault?.status,
  );
};

const setPassword = ({ user, address }: UserVisit, password: string, services: PageServices): Promise<unknown> => {
  const { passwords, usersAt } = services;
  return passwords.admission.admit(requesterOf({ username: user.username, client: undefined, address }), (place) =>
    usersAt(place).setPassword(user.username, password),
  );
};

const change = async (visit: UserVisit, services: PageServices): Promise<Answer> => {
  const { user, address, form: given } = visit;
  const { visitors, audit } = services;
  const showFault = (fault: FormFault): Answer =>
    passwordPageOf(visit, services, notice('wrong', fault.sentence), fault);
  const password = given.get('new') ?? '';
  if (whyNotChangeable(visit, services) !== undefined) return passwordPageOf(visit, services);
  if (password !== given.get('again')) {
    return showFault({ field: 'again', sentence: visit.texts.account.newPasswordsDiffer, status: 400 });
  }
  try {
    await visitors.confirm(user, given.get('password') ?? '', address);
    await setPassword(visit, password, services);
  } catch (error) {
    if (error instanceof OAuthError && error.code === 'invalid_grant')
      return passwordPageOf(visit, services, wrongPassword(error, visit, services));
    const fault = faultOf(error, visit.texts);
    if (fault === undefined) throw error;
    return showFault(fault);
  }
  audit.note({ action: 'change_password', ...actorOf(user) });
  // The change has ended all sessions, including this one, so a new one begins.
  const { id } = await visitors.signIn({ username: user.username, password, address });
  return redirect('/password?done=changed', id);
};

export const passwordPage: PortalPage = {
  path: '/password',
  title: (texts) => texts.signIn.password,
  for: 'users',
  navigation: 'account',
  isReturnTarget: true,
  show: (visit, services) =>
    passwordPageOf(visit, services, doneRemark(visit, { changed: visit.texts.account.changed })),
  forms: [{ path: '/password', handle: change }],
};
