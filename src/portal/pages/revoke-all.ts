import { attemptAll } from '../../directory/attempts';
import { redirect, type Answer } from '../../pages/answer';
import { confirmation } from '../confirmation';
import { describeEndingTokens } from '../live-token-count';
import type { PortalPage } from '../page';
import type { PageServices } from '../page-services';
import { actorOf, type UserVisit } from '../visit';

const TITLE = 'Revoke all tokens?';

const show = async (visit: UserVisit, { ownApplications, tokens, directory }: PageServices): Promise<Answer> => {
  const clients = await ownApplications.clients(visit.user);
  const ending = await describeEndingTokens(tokens, {
    owners: [{ user: visit.user.subject }, ...clients.map(({ clientId }) => ({ clientId }))],
    applicationOf: async (clientId) => (await directory.findFreshClient(clientId))?.application.id,
  });
  return confirmation(visit, {
    title: TITLE,
    consequences: `${ending} Programs that use them are refused until they get new ones.`,
    button: 'Revoke all',
    cancel: '/tokens',
  });
};

const revokeAll = async ({ user }: UserVisit, { ownApplications, tokens, audit }: PageServices): Promise<Answer> => {
  const clients = await ownApplications.clients(user);
  const owners = [{ user: user.subject }, ...clients.map(({ clientId }) => ({ clientId }))];
  await attemptAll(owners.map((owner) => () => tokens.revoke(owner)));
  audit.note({ action: 'revoke_all_tokens', ...actorOf(user) });
  return redirect('/tokens?done=revoked-all');
};

/** Confirmation before all tokens of a user and of the user's applications are revoked. */
export const revokeAllPage: PortalPage = {
  path: '/tokens/revoke-all',
  title: TITLE,
  for: 'users',
  navigation: 'none',
  isReturnTarget: true,
  show,
  forms: [{ path: '/tokens/revoke-all', page: '/tokens', handle: revokeAll }],
};
