import { redirect, type Answer } from '../../pages/answer';
import { confirmation } from '../confirmation';
import { endingTokens } from '../live-token-count';
import { OwnApplications } from '../own-applications';
import type { Route } from '../router';
import type { PortalServices } from '../services';
import { actorOf, type UserVisit } from '../visit';

/** Confirmation page and form that revoke all tokens of a user and of the user's applications. */
export const revokeAllPages = (services: PortalServices): readonly Route[] => {
  const { tokens, directory, audit } = services;
  const own = new OwnApplications(services);

  const revokeAllPage = async (visit: UserVisit): Promise<Answer> => {
    const clients = await own.clients(visit.user);
    const ending = await endingTokens(tokens, {
      owners: [{ user: visit.user.subject }, ...clients.map(({ clientId }) => ({ clientId }))],
      applicationOf: async (clientId) => (await directory.findFreshClient(clientId))?.application.id,
    });
    return confirmation(visit, {
      title: 'Revoke all tokens?',
      consequences: `${ending} Programs that use them are refused until they get new ones.`,
      button: 'Revoke all',
      cancel: '/tokens',
    });
  };

  return [
    { method: 'GET', path: '/tokens/revoke-all', for: 'users', handle: revokeAllPage },
    {
      method: 'POST',
      path: '/tokens/revoke-all',
      page: '/tokens',
      for: 'users',
      handle: async ({ user }) => {
        await tokens.revoke({ user: user.subject });
        for (const { clientId } of await own.clients(user)) await tokens.revoke({ clientId });
        audit.note({ action: 'revoke_all_tokens', ...actorOf(user) });
        return redirect('/tokens?done=revoked-all');
      },
    },
  ];
};
