import type { WaitingUser } from '../../directory/sign-ups';
import { redirect, type Answer } from '../../pages/answer';
import { form, link } from '../../pages/form';
import { html, type Html } from '../../pages/html';
import { table } from '../../pages/table';
import { time } from '../../pages/time';
import { doneRemark } from '../forms/done';
import { findManagedUser } from '../users/managed-user';
import type { PageForm } from '../page';
import type { PageServices } from '../page-services';
import { userPath } from '../users/user-path';
import { actorOf, type UserVisit } from '../visit';

const FORMS = '/admin/users/sign-ups';

/** Sign-ups that one page shows; the others follow when these are decided. */
const MAX_SHOWN = 20;

/** Renders the buttons that decide about a sign-up. @param describedBy is the id of an element with the user's name */
export const decisionForms = (visit: UserVisit, username: string, describedBy?: string): Html => {
  const { setPassword } = visit.texts;
  const described = describedBy === undefined ? false : html`aria-describedby="${describedBy}"`;
  const fields = html`<input type="hidden" name="username" value="${username}" />
    <input type="hidden" name="back" value="${visit.path === '/admin/approvals' ? 'approvals' : 'users'}" />`;
  return html`${form(visit, `${FORMS}/approve`, fields, html`<button ${described}>${setPassword.approve}</button>`)}
  ${form(visit, `${FORMS}/reject`, fields, html`<button class="danger" ${described}>${setPassword.reject}</button>`)}`;
};

const findRequests = async ({ user }: UserVisit, { signUps }: PageServices): Promise<readonly WaitingUser[]> =>
  user.organization === undefined ? [] : signUps.list(user.organization);

/** Returns the number of sign-ups that wait for the approval of an administrator. */
export const countSignUpRequests = async (visit: UserVisit, services: PageServices): Promise<number> =>
  (await findRequests(visit, services)).length;

/** Renders the sign-ups of the administrator's organization that wait for approval, the longest waiting first. */
export const signUpRequests = async (visit: UserVisit, services: PageServices): Promise<Html> => {
  const { setPassword, users } = visit.texts;
  const requests = await findRequests(visit, services);
  const rows = requests.slice(0, MAX_SHOWN).map(({ username, expiresAt }, index) => {
    const id = `sign-up-${index}`;
    return [
      html`<span id="${id}">${link(visit, userPath(username), username)}</span>`,
      time(expiresAt, visit.texts),
      html`<div class="row">${decisionForms(visit, username, id)}</div>`,
    ];
  });
  const list =
    rows.length === 0
      ? html`<p>${setPassword.noSignUps}</p>`
      : table(setPassword.signUpsOf, [setPassword.username, setPassword.expires, ''], rows);
  return html`<h2>${setPassword.signUps}</h2>
    ${doneRemark(visit, users.done)} ${list}`;
};

const decided = ({ form: given }: UserVisit, done: string): Answer =>
  redirect(`/admin/${given.get('back') === 'approvals' ? 'approvals' : 'users'}?done=${done}`);

const approve = async (visit: UserVisit, services: PageServices): Promise<Answer> => {
  const { username } = await findManagedUser(visit, services);
  await services.signUps.approve(username, { by: 'administrator' });
  services.audit.note({ action: 'approve_sign_up', ...actorOf(visit.user), target: username });
  return decided(visit, 'sign-up-approved');
};

const reject = async (visit: UserVisit, services: PageServices): Promise<Answer> => {
  const { username } = await findManagedUser(visit, services);
  await services.signUps.reject(username);
  services.audit.note({ action: 'reject_sign_up', ...actorOf(visit.user), target: username });
  return decided(visit, 'sign-up-rejected');
};

/** The forms of `signUpRequests`. A repeated one is answered 404, because the sign-up no longer waits. */
export const signUpRequestForms: readonly PageForm<UserVisit>[] = [
  { path: `${FORMS}/approve`, page: '/admin/users', handle: approve },
  { path: `${FORMS}/reject`, page: '/admin/users', handle: reject },
];
