import type { UserInfo } from '../../directory/user-info';
import { page, redirect, type Answer } from '../../pages/answer';
import { breadcrumbs } from '../../pages/breadcrumbs';
import { form, opener } from '../../pages/form';
import { html, type Html } from '../../pages/html';
import { submissionField } from '../../pages/submission';
import { doneRemark } from '../forms/done';
import { findManagedUser, findUserOfOrganization } from '../users/managed-user';
import type { PortalPage } from '../page';
import type { PageServices } from '../page-services';
import { roleBoxes, rolesIn } from '../users/role-boxes';
import { shownLink } from '../users/shown-link';
import { decisionForms } from '../sign-up/sign-up-requests';
import { singleUse } from '../forms/single-use';
import { userActionPath, userPath } from '../users/user-path';
import { findLockEnd, userState } from '../users/user-state';
import { actorOf, type UserVisit } from '../visit';

const USERS = '/admin/users';

const nameField = ({ username }: UserInfo): Html => html`<input type="hidden" name="username" value="${username}" />`;

const rolesForm = (visit: UserVisit, services: PageServices, user: UserInfo): Html =>
  form(
    visit,
    `${USERS}/roles`,
    nameField(user),
    roleBoxes(visit, services, user.roles),
    html`<button>${visit.texts.user.saveRoles}</button>`,
  );

const linkForm = (visit: UserVisit, user: UserInfo): Html => {
  const { texts } = visit;
  const isInvited = user.awaits === 'password';
  return html`<h2>${texts.user.password}</h2>
    <p>${isInvited ? texts.user.inviteHint : texts.user.resetHint}</p>
    ${form(
      visit,
      `${USERS}/link`,
      nameField(user),
      submissionField(visit),
      html`<button>${isInvited ? texts.user.createInvitation : texts.user.createReset}</button>`,
    )}`;
};

const endings = (visit: UserVisit, user: UserInfo, isDeclared: boolean): Html => {
  const { texts } = visit;
  const button = (action: 'disable' | 'remove' | 'sign-out', text: string): Html =>
    opener(visit, userActionPath(action), nameField(user), html`<button class="danger">${text}</button>`);
  const isFixed = user.disabledBy === 'operator';
  const isRemovable = !isFixed && !isDeclared;
  return html`<h2>${texts.user.sessions}</h2>
    <p>${texts.user.signOutHint}</p>
    ${button('sign-out', texts.user.signOut)}
    <h2>${texts.user.danger}</h2>
    ${isRemovable && html`<p>${texts.user.removeHint}</p>`}
    <div class="row">
      ${
        !isFixed &&
        (user.enabled
          ? button('disable', texts.users.disable)
          : form(visit, `${USERS}/enable`, nameField(user), html`<button class="plain">${texts.users.enable}</button>`))
      }
      ${isRemovable && button('remove', texts.user.remove)}
    </div>`;
};

/** Renders what an administrator can do with another user. */
const management = (visit: UserVisit, services: PageServices, user: UserInfo): Html => {
  const { texts } = visit;
  if (user.username === visit.user.subject) return html`<p>${texts.user.self}</p>`;
  if (user.awaits === 'approval') return html`<div class="row">${decisionForms(visit, user.username)}</div>`;
  const isDeclared = services.directory.users.isDeclared(user.username);
  return html`${
    isDeclared
      ? html`<p>${texts.user.readOnly}</p>`
      : html`${rolesForm(visit, services, user)} ${user.enabled && linkForm(visit, user)}`
  }
  ${endings(visit, user, isDeclared)}`;
};

const unlockForm = (visit: UserVisit, user: UserInfo): Html =>
  form(visit, `${USERS}/unlock`, nameField(user), html`<button class="plain">${visit.texts.users.unlock}</button>`);

const show = async (visit: UserVisit, services: PageServices): Promise<Answer> => {
  const { texts } = visit;
  const user = await findUserOfOrganization(visit, services);
  const { username, organization, roles } = user;
  const lockEnd = await findLockEnd(user, services);
  const isDeclared = services.directory.users.isDeclared(username);
  return page(
    username,
    html`${breadcrumbs(visit, [{ to: USERS, text: texts.users.title }], username)}
      ${doneRemark(visit, texts.users.done)}
      <dl>
        <dt>${texts.user.facts.state}</dt>
        <dd>${userState(visit, user, lockEnd)}</dd>
        ${
          organization !== undefined &&
          html`<dt>${texts.user.facts.organization}</dt>
            <dd>${organization}</dd>`
        }
        <dt>${texts.user.roles}</dt>
        <dd>${roles.length === 0 ? '—' : roles.join(', ')}</dd>
        <dt>${texts.user.facts.source}</dt>
        <dd>${isDeclared ? texts.users.fromConfiguration : texts.users.fromPortal}</dd>
      </dl>
      ${lockEnd !== undefined && username !== visit.user.subject && unlockForm(visit, user)}
      ${management(visit, services, user)}`,
  );
};

const back = (username: string, done: string): Answer => {
  const path = userPath(username);
  return redirect(`${path}${path.includes('?') ? '&' : '?'}done=${done}`);
};

const setRoles = async (visit: UserVisit, services: PageServices): Promise<Answer> => {
  const { username, roles } = await findManagedUser(visit, services);
  const changed = rolesIn(visit, services, roles);
  await services.users.setRoles(username, changed);
  const detail = changed.join(' ') || 'no role';
  services.audit.note({ action: 'set_roles', ...actorOf(visit.user), target: username, detail });
  return back(username, 'roles');
};

const createLink = async (visit: UserVisit, services: PageServices): Promise<Answer> => {
  const { username } = await findManagedUser(visit, services);
  await services.passwordLinkLimit.count(visit.user.subject);
  const created = await services.passwordLinks.create(username, visit.user.username);
  const fact = { action: 'create_password_link', target: username, detail: created.purpose };
  services.audit.note({ ...actorOf(visit.user), ...fact });
  return shownLink(visit, username, created);
};

export const adminUserPage: PortalPage = {
  path: `${USERS}/:username`,
  for: 'admins',
  navigation: 'none',
  isReturnTarget: true,
  show,
  forms: [
    { path: `${USERS}/roles`, page: `${USERS}/-`, handle: setRoles },
    { path: `${USERS}/link`, page: `${USERS}/-`, handle: singleUse(createLink, redirect(USERS)) },
  ],
};
