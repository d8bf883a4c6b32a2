import { accountOf } from '../../directory/account-key';
import type { UserInfo } from '../../directory/user-info';
import { page, redirect, type Answer } from '../../pages/answer';
import { form, opener } from '../../pages/form';
import { html, type Html } from '../../pages/html';
import { table } from '../../pages/table';
import { DirectoryError } from '../../protocol/errors';
import { doneRemark } from '../done';
import type { Handler, PortalPage } from '../page';
import type { PageServices } from '../page-services';
import { nextLink, pageOf } from '../paging';
import { stateOf } from '../state';
import { actorOf, type UserVisit } from '../visit';

const TITLE = 'Users';

const DONE: Readonly<Record<string, string>> = {
  disabled: 'User disabled. All sessions and tokens of the user have ended.',
  enabled: 'User enabled.',
  unlocked: 'Account unlocked.',
};

const HEADS = ['User name', 'Roles', 'State', 'Source', ''];

const usersOf = async (organization: string | undefined, { users }: PageServices): Promise<readonly UserInfo[]> => {
  const found: UserInfo[] = [];
  for await (const user of users.list()) if (user.organization === organization) found.push(user);
  return found.sort((one, other) => (one.username < other.username ? -1 : 1));
};

/** Finds the user that a form names, who must be another user of the administrator's own organization. */
const findManagedUser = async ({ user, form: given }: UserVisit, { users }: PageServices): Promise<UserInfo> => {
  const found = await users.find(given.get('username') ?? '');
  if (found === undefined || found.organization !== user.organization) {
    throw new DirectoryError('ERR_SCOPEGATE_NOT_FOUND', 'there is no such user');
  }
  // Unlocking is included: a stolen session could otherwise be used to guess its account's password without limit.
  if (found.username === user.subject)
    throw new DirectoryError('ERR_SCOPEGATE_VALUE', 'you cannot change your own account here');
  return found;
};

const actions = (visit: UserVisit, { username, enabled, disabledBy }: UserInfo): Html => {
  const name = html`<input type="hidden" name="username" value="${username}" />`;
  const button = (action: string, text: string, opens: typeof form | typeof opener = form): Html =>
    opens(
      visit,
      `/admin/users/${action}`,
      name,
      html`<button class="plain" aria-label="${text} ${username}">${text}</button>`,
    );
  const isSelf = username === visit.user.subject;
  const isFixed = isSelf || disabledBy === 'operator';
  return html`<div class="row">
    ${!isFixed && (enabled ? button('disable', 'Disable', opener) : button('enable', 'Enable'))}
    ${!isSelf && button('unlock', 'Unlock')}
  </div>`;
};

const show = async (visit: UserVisit, services: PageServices): Promise<Answer> => {
  const { userSource, directory } = services;
  if (userSource === 'function') return page(TITLE, html`<p>Users are managed outside this portal.</p>`);
  const all = await usersOf(visit.user.organization, services);
  const { items, next } = pageOf(all, ({ username }) => username, visit.query.get('after'));
  const rows = items.map((user) => [
    user.username,
    user.roles.join(', '),
    stateOf(user),
    directory.users.isDeclared(user.username) ? 'configuration' : 'portal',
    actions(visit, user),
  ]);
  return page(
    TITLE,
    html`${doneRemark(visit, DONE)} ${table('Users of your organization', HEADS, rows)} ${nextLink(visit, next)}`,
  );
};

const change =
  (action: 'disable' | 'enable', done: string): Handler<UserVisit> =>
  async (visit, services) => {
    const { username } = await findManagedUser(visit, services);
    await services.users[action](username, { by: 'administrator' });
    services.audit.note({ action: `${action}_user`, ...actorOf(visit.user), target: username });
    return redirect(`/admin/users?done=${done}`);
  };

const unlock = async (visit: UserVisit, services: PageServices): Promise<Answer> => {
  const { username } = await findManagedUser(visit, services);
  await services.throttle.unlock(accountOf(username));
  services.audit.note({ action: 'unlock_user', ...actorOf(visit.user), target: username });
  return redirect('/admin/users?done=unlocked');
};

export const adminUsersPage: PortalPage = {
  path: '/admin/users',
  title: (texts) => texts.users.title,
  for: 'admins',
  navigation: 'admin',
  isReturnTarget: true,
  show,
  forms: [
    { path: '/admin/users/disable', page: '/admin/users', handle: change('disable', 'disabled') },
    { path: '/admin/users/enable', handle: change('enable', 'enabled') },
    { path: '/admin/users/unlock', handle: unlock },
  ],
};
