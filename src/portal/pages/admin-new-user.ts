import { page, redirect, type Answer } from '../../pages/answer';
import { breadcrumbs } from '../../pages/breadcrumbs';
import { field } from '../../pages/fields';
import { form } from '../../pages/form';
import { faultIn, FormError } from '../../pages/form-fault';
import { html, type Html } from '../../pages/html';
import { submissionField } from '../../pages/submission';
import { requesterOf } from '../../sign-in/requesters';
import type { PortalPage } from '../page';
import type { PageServices } from '../page-services';
import { roleBoxes, rolesIn } from '../users/role-boxes';
import { shownLink } from '../users/shown-link';
import { singleUse } from '../forms/single-use';
import { userPath } from '../users/user-path';
import { actorOf, type UserVisit } from '../visit';

const USERS = '/admin/users';
const PATH = `${USERS}/new`;

const choice = (value: 'invite' | 'password', label: string, hint: string, isChosen: boolean): Html =>
  html`<p class="choice">
    <input
      type="radio"
      id="how-${value}"
      name="how"
      value="${value}"
      aria-describedby="how-${value}-hint"
      ${isChosen && html`checked`}
    />
    <label for="how-${value}" class="inline">${label}</label>
    <small id="how-${value}-hint" class="hint">${hint}</small>
  </p>`;

const howFields = ({ texts: { user }, form: given }: UserVisit): Html => {
  const isPassword = given.get('how') === 'password';
  return html`<fieldset>
    <legend>${user.how}</legend>
    ${choice('invite', user.invite, user.inviteChoiceHint, !isPassword)}
    ${choice('password', user.setNow, user.setNowHint, isPassword)}
  </fieldset>`;
};

const passwordOf = ({ texts, fault }: UserVisit, { passwordRule }: PageServices): Html =>
  field({
    name: 'password',
    label: texts.user.newPassword,
    type: 'password',
    autocomplete: 'new-password',
    optional: true, // an invited user sets it
    hint: texts.account.passwordHint(passwordRule.minLength),
    fault: faultIn(fault, 'password'),
  });

const show = (visit: UserVisit, services: PageServices): Answer => {
  const { texts, form: given, fault } = visit;
  const { users, user } = texts;
  if (services.userSource === 'function') return page(users.createUser, html`<p>${users.managedElsewhere}</p>`);
  return page(
    users.createUser,
    html`${breadcrumbs(visit, [{ to: USERS, text: users.title }], users.createUser)}
    ${form(
      visit,
      PATH,
      submissionField(visit),
      field({
        name: 'username',
        label: user.username,
        value: given.get('username'),
        hint: visit.user.organization === undefined ? undefined : user.usernameHint,
        fault: faultIn(fault, 'username'),
        autofocus: true,
      }),
      roleBoxes(visit, services, rolesIn(visit, services, [])),
      howFields(visit),
      passwordOf(visit, services),
      html`<button>${users.createUser}</button>`,
    )}`,
  );
};

/** A user of the administrator's organization, as the form describes. */
const givenUser = (visit: UserVisit, services: PageServices) => {
  const { organization } = visit.user;
  return {
    username: visit.form.get('username') ?? '',
    ...(organization === undefined ? {} : { organization }),
    roles: rolesIn(visit, services, []),
  };
};

const invite = async (visit: UserVisit, services: PageServices): Promise<Answer> => {
  await services.passwordLinkLimit.count(visit.user.subject);
  const invitation = await services.passwordLinks.invite(givenUser(visit, services), visit.user.username);
  const { username, roles } = invitation.user;
  services.audit.note({ action: 'invite_user', ...actorOf(visit.user), target: username, detail: roles.join(' ') });
  return shownLink(visit, username, invitation);
};

const createWithPassword = async (visit: UserVisit, services: PageServices): Promise<Answer> => {
  const { user: admin, address, form: given, texts } = visit;
  const password = given.get('password') ?? '';
  if (password === '') throw new FormError(texts.user.passwordMissing, { field: 'password' });
  const { passwords, usersAt, audit } = services;
  const requester = requesterOf({ username: admin.username, client: undefined, address });
  const { username, roles } = await passwords.admission.admit(requester, (place) =>
    usersAt(place).create({ ...givenUser(visit, services), password }),
  );
  audit.note({ action: 'create_user', ...actorOf(admin), target: username, detail: roles.join(' ') });
  const path = userPath(username);
  return redirect(`${path}${path.includes('?') ? '&' : '?'}done=created`);
};

/** A password that was entered is set, even if the choice above it was not changed: it must not be ignored. */
const create = (visit: UserVisit, services: PageServices): Promise<Answer> => {
  const { form: given } = visit;
  const isPassword = given.get('how') === 'password' || (given.get('password') ?? '') !== '';
  return isPassword ? createWithPassword(visit, services) : invite(visit, services);
};

export const newUserPage: PortalPage = {
  path: PATH,
  title: (texts) => texts.users.createUser,
  for: 'admins',
  navigation: 'none',
  isReturnTarget: true,
  show,
  forms: [{ path: PATH, handle: singleUse(create, redirect(USERS)) }],
};
