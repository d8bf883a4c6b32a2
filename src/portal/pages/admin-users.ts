import { accountOf } from '../../directory/account-key';
import type { UserInfo } from '../../directory/user-info';
import { page, redirect, type Answer } from '../../pages/answer';
import { breakable } from '../../pages/breakable';
import { emptyState } from '../../pages/empty-state';
import { select } from '../../pages/fields';
import { form, link, opener } from '../../pages/form';
import { html, type Html } from '../../pages/html';
import { searchForm } from '../../pages/search-form';
import { table } from '../../pages/table';
import { doneRemark } from '../forms/done';
import { findManagedUser } from '../users/managed-user';
import type { Handler, PortalPage } from '../page';
import type { PageServices } from '../page-services';
import { signUpRequestForms } from '../sign-up/sign-up-requests';
import { filterOf, findUsers, queryOf, type UserFilter } from '../users/user-list';
import { userActionPath, userPath } from '../users/user-path';
import { findLockEnd, USER_STATES, userState } from '../users/user-state';
import { actorOf, type UserVisit } from '../visit';

const PATH = '/admin/users';

const stateField = ({ texts: { users } }: UserVisit, { state }: UserFilter): Html =>
  select({ name: 'state', label: users.heads.state, chosen: state ?? '' }, [
    { value: '', text: users.allStates },
    ...USER_STATES.map((one) => ({ value: one, text: users.states[one] })),
  ]);

const actions = (visit: UserVisit, { username, enabled, disabledBy, awaits }: UserInfo, isLocked: boolean): Html => {
  const { users } = visit.texts;
  const button = (path: string, text: string, opens: typeof form | typeof opener = form): Html =>
    opens(
      visit,
      path,
      html`<input type="hidden" name="username" value="${username}" />`,
      html`<button class="plain" aria-label="${users.actionOn(text, username)}">${text}</button>`,
    );
  const isSelf = username === visit.user.subject;
  const isFixed = isSelf || disabledBy === 'operator' || awaits === 'approval';
  return html`<div class="row">
    ${
      !isFixed &&
      (enabled ? button(userActionPath('disable'), users.disable, opener) : button(`${PATH}/enable`, users.enable))
    }
    ${!isSelf && isLocked && button(`${PATH}/unlock`, users.unlock)}
  </div>`;
};

const rowOf = async (visit: UserVisit, services: PageServices, user: UserInfo): Promise<readonly (Html | string)[]> => {
  const { users } = visit.texts;
  const lockEnd = await findLockEnd(user, services);
  return [
    link(visit, userPath(user.username), breakable(user.username)),
    user.roles.join(', '),
    userState(visit, user, lockEnd),
    services.directory.users.isDeclared(user.username) ? users.fromConfiguration : users.fromPortal,
    actions(visit, user, lockEnd !== undefined),
  ];
};

const show = async (visit: UserVisit, services: PageServices): Promise<Answer> => {
  const { users } = visit.texts;
  if (services.userSource === 'function') return page(users.title, html`<p>${users.managedElsewhere}</p>`);
  const filter = filterOf(visit);
  const found = await findUsers(visit, services, filter);
  // All in this tick, to share round trips. At most one page of users, so that few counters are read.
  const rows = await Promise.all(found.users.map((user) => rowOf(visit, services, user)));
  const { username, roles, state, source } = users.heads;
  const next = `${PATH}?${queryOf({ ...filter, page: filter.page + 1 })}`;
  return page(
    users.title,
    html`${doneRemark(visit, users.done)}
      <p class="row">
        <a class="button" href="${visit.mount}${PATH}/new">${users.createUser}</a>
        <span>${users.found(found.count)}</span>
      </p>
      ${searchForm(visit, {
        path: PATH,
        label: users.search,
        value: filter.text,
        button: users.filter,
        filters: stateField(visit, filter),
      })}
      ${
        rows.length === 0
          ? emptyState(users.none, link(visit, PATH, users.showAll))
          : table(users.listed, [username, roles, state, source, ''], rows)
      }
      ${found.hasNext && html`<p>${link(visit, next, users.nextPage)}</p>`}`,
  );
};

const change =
  (action: 'disable' | 'enable', done: string): Handler<UserVisit> =>
  async (visit, services) => {
    const { username } = await findManagedUser(visit, services);
    await services.users[action](username, { by: 'administrator' });
    services.audit.note({ action: `${action}_user`, ...actorOf(visit.user), target: username });
    return redirect(`${PATH}?done=${done}`);
  };

const unlock = async (visit: UserVisit, services: PageServices): Promise<Answer> => {
  const { username } = await findManagedUser(visit, services);
  await services.throttle.unlock(accountOf(username));
  services.audit.note({ action: 'unlock_user', ...actorOf(visit.user), target: username });
  return redirect(`${PATH}?done=unlocked`);
};

export const adminUsersPage: PortalPage = {
  path: PATH,
  title: (texts) => texts.users.title,
  for: 'admins',
  navigation: 'admin',
  isReturnTarget: true,
  show,
  forms: [
    { path: `${PATH}/disable`, page: PATH, handle: change('disable', 'disabled') },
    { path: `${PATH}/enable`, handle: change('enable', 'enabled') },
    { path: `${PATH}/unlock`, handle: unlock },
    ...signUpRequestForms,
  ],
};
