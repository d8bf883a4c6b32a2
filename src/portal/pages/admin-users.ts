import { accountOf } from '../../directory/account-key';
import type { UserInfo } from '../../directory/users';
import { DirectoryError } from '../../protocol/errors';
import { page, redirect, type Answer } from '../../pages/answer';
import { table } from '../../pages/table';
import { notice, remarkOf } from '../../pages/notice';
import { html, type Html } from '../../pages/html';
import { form, opener } from '../../pages/form';
import { nextLink, pageOf } from '../paging';
import type { Route } from '../router';
import type { PortalServices } from '../services';
import { stateOf } from '../state';
import { actorOf, type UserVisit } from '../visit';

const DONE: Readonly<Record<string, string>> = {
  disabled: 'User disabled. All sessions and tokens of the user have ended.',
  enabled: 'User enabled.',
  unlocked: 'Account unlocked.',
};

export const adminUserPages = (services: PortalServices): readonly Route[] => {
  const { users, userSource, directory, throttle, audit } = services;

  const usersOf = async (organization: string | undefined): Promise<readonly UserInfo[]> => {
    const found: UserInfo[] = [];
    for await (const user of users.list()) if (user.organization === organization) found.push(user);
    return found.sort((one, other) => (one.username < other.username ? -1 : 1));
  };

  /** Finds the user that a form names, who must be another user of the administrator's own organization. */
  const find = async ({ user, form: given }: UserVisit): Promise<UserInfo> => {
    const found = await users.find(given.get('username') ?? '');
    if (found === undefined || found.organization !== user.organization) {
      throw new DirectoryError('ERR_SCOPEGATE_NOT_FOUND', 'there is no such user');
    }
    // Unlocking is included: a stolen session could otherwise be used to guess its account's password without limit.
    if (found.username === user.subject)
      throw new DirectoryError('ERR_SCOPEGATE_VALUE', 'this cannot be done to your own account');
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
    const isFixed = isSelf || disabledBy === 'operator' || directory.users.isDeclared(username);
    return html`<div class="row">
      ${!isFixed && (enabled ? button('disable', 'Disable', opener) : button('enable', 'Enable'))}
      ${!isSelf && button('unlock', 'Unlock')}
    </div>`;
  };

  const usersPage = async (visit: UserVisit): Promise<Answer> => {
    if (userSource === 'function') return page('Users', html`<p>Users are managed outside this portal.</p>`);
    const { items, next } = pageOf(
      await usersOf(visit.user.organization),
      ({ username }) => username,
      visit.query.get('after'),
    );
    const done = remarkOf(DONE, visit.query.get('done'));
    const rows = items.map((user) => [
      user.username,
      user.roles.join(', '),
      stateOf(user),
      directory.users.isDeclared(user.username) ? 'configuration' : 'portal',
      actions(visit, user),
    ]);
    return page(
      'Users',
      html`${done !== undefined && notice('done', done)}
      ${table('Users of your organization', ['User name', 'Roles', 'State', 'Source', ''], rows)}
      ${nextLink(visit, next)}`,
    );
  };

  const change =
    (action: 'disable' | 'enable', done: string) =>
    async (visit: UserVisit): Promise<Answer> => {
      const { username } = await find(visit);
      await users[action](username, { by: 'administrator' });
      audit.note({ action: `${action}_user`, ...actorOf(visit.user), target: username });
      return redirect(`/admin/users?done=${done}`);
    };

  return [
    { method: 'GET', path: '/admin/users', for: 'admins', handle: usersPage },
    {
      method: 'POST',
      path: '/admin/users/disable',
      page: '/admin/users',
      for: 'admins',
      handle: change('disable', 'disabled'),
    },
    { method: 'POST', path: '/admin/users/enable', for: 'admins', handle: change('enable', 'enabled') },
    {
      method: 'POST',
      path: '/admin/users/unlock',
      for: 'admins',
      handle: async (visit) => {
        const { username } = await find(visit);
        await throttle.unlock(accountOf(username));
        audit.note({ action: 'unlock_user', ...actorOf(visit.user), target: username });
        return redirect('/admin/users?done=unlocked');
      },
    },
  ];
};
