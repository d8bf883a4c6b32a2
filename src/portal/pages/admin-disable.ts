import { DirectoryError } from '../../protocol/errors';
import type { Answer } from '../../pages/answer';
import { confirmation } from '../confirmation';
import { endingTokens } from '../live-token-count';
import { problem } from './problem';
import type { Route } from '../router';
import type { PortalServices } from '../services';
import type { UserVisit } from '../visit';

/** Confirmation pages before an administrator disables a user or an application. The list pages handle their forms. */
export const adminDisablePages = (services: PortalServices): readonly Route[] => {
  const { users, applications, tokens, directory } = services;

  const applicationOf = async (clientId: string): Promise<string | undefined> =>
    (await directory.findFreshClient(clientId))?.application.id;

  const userPage = async (visit: UserVisit): Promise<Answer> => {
    const user = await users.find(visit.query.get('username') ?? '');
    if (user === undefined || user.organization !== visit.user.organization) {
      throw new DirectoryError('ERR_SCOPEGATE_NOT_FOUND', 'there is no such user');
    }
    const { username } = user;
    if (username === visit.user.subject)
      throw new DirectoryError('ERR_SCOPEGATE_VALUE', 'you cannot disable your own account');
    if (directory.users.isDeclared(username)) return problem.readOnly;
    const ending = await endingTokens(tokens, { owners: [{ user: username }], applicationOf });
    return confirmation(visit, {
      title: `Disable ${username}?`,
      consequences: `${username} can no longer sign in, and is signed out everywhere. ${ending}`,
      fields: { username },
      button: 'Disable',
      cancel: '/admin/users',
    });
  };

  const applicationPage = async (visit: UserVisit): Promise<Answer> => {
    const application = await applications.find(visit.params['id'] ?? '');
    if (application === undefined || application.organization !== visit.user.organization) {
      throw new DirectoryError('ERR_SCOPEGATE_NOT_FOUND', 'there is no such application');
    }
    const { id, name, keys } = application;
    if (directory.applications.isDeclared(id)) return problem.readOnly;
    const owners = Object.values(keys).map(({ clientId }) => ({ clientId }));
    const ending = await endingTokens(tokens, { owners, applicationOf: async () => id });
    return confirmation(visit, {
      title: `Disable ${name}?`,
      consequences: `${name} can no longer get tokens. ${ending}`,
      button: 'Disable',
      cancel: '/admin/applications',
    });
  };

  return [
    { method: 'GET', path: '/admin/users/disable', for: 'admins', handle: userPage },
    { method: 'GET', path: '/admin/applications/:id/disable', for: 'admins', handle: applicationPage },
  ];
};
