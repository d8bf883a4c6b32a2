import { redirect, type Answer } from '../../pages/answer';
import type { Texts } from '../../pages/texts/texts';
import { confirmation } from '../forms/confirmation';
import { describeEndingTokens } from '../tokens/live-token-count';
import { findManagedUser } from '../users/managed-user';
import type { PageForm, PortalPage } from '../page';
import type { PageServices } from '../page-services';
import { userActionPath, userPath } from '../users/user-path';
import { actorOf, type UserVisit } from '../visit';

interface Ending {
  readonly action: 'disable' | 'remove' | 'sign-out';
  readonly textsOf: (texts: Texts) => {
    readonly title: (username: string) => string;
    readonly text: (username: string) => string;
    readonly button: string;
  };
  /** Absent if the list of users handles the form. */
  readonly forms?: readonly PageForm<UserVisit>[];
}

/** Creates the page on which an administrator confirms that something of a user ends. */
const endingPage = ({ action, textsOf, forms }: Ending): PortalPage => ({
  path: userActionPath(action),
  for: 'admins',
  navigation: 'none',
  isReturnTarget: true,
  show: async (visit, services) => {
    const { username } = await findManagedUser(visit, services);
    const { tokens, directory } = services;
    const { title, text, button } = textsOf(visit.texts);
    const ending = await describeEndingTokens(tokens, {
      owners: [{ user: username }],
      applicationOf: async (clientId) => (await directory.findFreshClient(clientId))?.application.id,
      texts: visit.texts,
    });
    return confirmation(visit, {
      title: title(username),
      consequences: `${text(username)} ${ending}`,
      fields: { username },
      button,
      cancel: userPath(username),
    });
  },
  ...(forms === undefined ? {} : { forms }),
});

const remove = async (visit: UserVisit, services: PageServices): Promise<Answer> => {
  const { username } = await findManagedUser(visit, services);
  await services.users.remove(username, { by: 'administrator' });
  services.audit.note({ action: 'remove_user', ...actorOf(visit.user), target: username });
  return redirect('/admin/users?done=removed');
};

const signOut = async (visit: UserVisit, services: PageServices): Promise<Answer> => {
  const { username } = await findManagedUser(visit, services);
  await services.tokens.revoke({ user: username, sessions: true });
  services.audit.note({ action: 'sign_out_user', ...actorOf(visit.user), target: username });
  return redirect('/admin/users?done=signed-out');
};

export const disableUserPage = endingPage({
  action: 'disable',
  textsOf: ({ user, users }) => ({ title: user.disableTitle, text: user.disableText, button: users.disable }),
});

export const removeUserPage = endingPage({
  action: 'remove',
  textsOf: ({ user }) => ({ title: user.removeTitle, text: user.removeText, button: user.remove }),
  forms: [{ path: userActionPath('remove'), handle: remove }],
});

export const signOutUserPage = endingPage({
  action: 'sign-out',
  textsOf: ({ user }) => ({ title: user.signOutTitle, text: user.signOutText, button: user.signOut }),
  forms: [{ path: userActionPath('sign-out'), handle: signOut }],
});
