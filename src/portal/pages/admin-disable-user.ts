import type { Answer } from '../../pages/answer';
import { DirectoryError } from '../../protocol/errors';
import { confirmation } from '../confirmation';
import { describeEndingTokens } from '../live-token-count';
import type { PortalPage } from '../page';
import type { PageServices } from '../page-services';
import type { UserVisit } from '../visit';

const show = async (visit: UserVisit, { users, tokens, directory }: PageServices): Promise<Answer> => {
  const user = await users.find(visit.query.get('username') ?? '');
  if (user === undefined || user.organization !== visit.user.organization) {
    throw new DirectoryError('ERR_SCOPEGATE_NOT_FOUND', 'there is no such user');
  }
  const { username } = user;
  if (username === visit.user.subject)
    throw new DirectoryError('ERR_SCOPEGATE_VALUE', 'you cannot disable your own account');
  const ending = await describeEndingTokens(tokens, {
    owners: [{ user: username }],
    applicationOf: async (clientId) => (await directory.findFreshClient(clientId))?.application.id,
  });
  return confirmation(visit, {
    title: `Disable ${username}?`,
    consequences: `${username} can no longer sign in, and is signed out everywhere. ${ending}`,
    fields: { username },
    button: 'Disable',
    cancel: '/admin/users',
  });
};

/** Confirmation before an administrator disables a user. The page of all users handles its form. */
export const disableUserPage: PortalPage = {
  path: '/admin/users/disable',
  for: 'admins',
  navigation: 'none',
  isReturnTarget: true,
  show,
};
