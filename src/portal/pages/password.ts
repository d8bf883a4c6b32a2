import { page, redirect, type Answer } from '../../pages/answer';
import { newPasswordField, passwordField } from '../../pages/fields';
import { form, opener } from '../../pages/form';
import { faultIn, faultOf, type FormFault } from '../../pages/form-fault';
import { html, type Html } from '../../pages/html';
import { notice } from '../../pages/notice';
import { OAuthError } from '../../protocol/errors';
import { requesterOf } from '../../sign-in/requesters';
import { doneRemark } from '../done';
import type { PortalPage } from '../page';
import type { PageServices } from '../page-services';
import { actorOf, type PortalUser, type UserVisit } from '../visit';
import { wrongPassword } from '../with-password';

const TITLE = 'Password';

const DONE: Readonly<Record<string, string>> = { changed: 'Password changed.' };

/** Returns why a user's password cannot be changed in the portal, or `undefined` if it can. */
const whyNotChangeable = ({ subject }: PortalUser, { userSource, directory }: PageServices): string | undefined => {
  if (userSource === 'function') return 'Your password is managed outside this portal.';
  if (!directory.users.isDeclared(subject)) return undefined;
  return "Your account is managed in the gateway's configuration. Ask its operator to change your password.";
};

const signOutEverywhere = (visit: UserVisit): Html =>
  html`<h2>Sessions</h2>
    <p>Ends your sessions in all browsers, and all tokens issued for you.</p>
    ${opener(visit, '/sign-out-everywhere', html`<button class="danger">Sign out everywhere</button>`)}`;

const passwordPageOf = (visit: UserVisit, services: PageServices, remark?: Html, fault?: FormFault): Answer => {
  const reason = whyNotChangeable(visit.user, services);
  if (reason !== undefined)
    return page(
      TITLE,
      html`<p>${reason}</p>
        ${signOutEverywhere(visit)}`,
    );
  return page(
    TITLE,
    html`${remark}
      <p>A new password ends all your tokens and signs you out in other browsers.</p>
      ${form(
        visit,
        '/password',
        passwordField(),
        newPasswordField({
          name: 'new',
          label: 'New password',
          hint: services.passwordRule.text,
          fault: faultIn(fault, 'password'),
        }),
        newPasswordField({ name: 'again', label: 'New password again', fault: faultIn(fault, 'again') }),
        html`<button>Change password</button>`,
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
  if (whyNotChangeable(user, services) !== undefined) return passwordPageOf(visit, services);
  if (password !== given.get('again')) {
    return showFault({ field: 'again', sentence: 'The new passwords do not match.', status: 400 });
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
  show: (visit, services) => passwordPageOf(visit, services, doneRemark(visit, DONE)),
  forms: [{ path: '/password', handle: change }],
};
