import { attemptAll } from '../../directory/attempts';
import { redirect, type Answer } from '../../pages/answer';
import { confirmation } from '../forms/confirmation';
import { describeEndingTokens } from '../tokens/live-token-count';
import type { PortalPage } from '../page';
import type { PageServices } from '../page-services';
import { actorOf, type UserVisit } from '../visit';

const show = async (visit: UserVisit, services: PageServices): Promise<Answer> => {
  const { ownApplications, tokens, directory, consents } = services;
  const { myTokens } = visit.texts;
  const clients = await ownApplications.clients(visit.user);
  const ending = await describeEndingTokens(tokens, {
    owners: [{ user: visit.user.subject }, ...clients.map(({ clientId }) => ({ clientId }))],
    applicationOf: async (clientId) => (await directory.findFreshClient(clientId))?.application.id,
    texts: visit.texts,
  });
  const { length } = await consents.list(visit.user.subject);
  const effect = myTokens.revokeAllEffect(ending);
  return confirmation(visit, {
    title: myTokens.revokeAllTitle,
    consequences: length === 0 ? effect : `${effect} ${myTokens.consentsRevoked(length)}`,
    button: myTokens.revokeAll,
    cancel: '/tokens',
  });
};

const revokeAll = async ({ user }: UserVisit, services: PageServices): Promise<Answer> => {
  const { ownApplications, tokens, consents, audit } = services;
  const clients = await ownApplications.clients(user);
  const own = { user: user.subject };
  const owners = [own, ...clients.map(({ clientId }) => ({ clientId }))];
  const given = await consents.list(user.subject);
  await attemptAll([
    ...owners.map((owner) => () => tokens.revoke(owner)),
    ...(given.length === 0
      ? []
      : [
          () => consents.removeAllOf(user.subject),
          () => tokens.revoke(own), // those that were issued while a consent was still there
        ]),
  ]);
  audit.note({ action: 'revoke_all_tokens', ...actorOf(user) });
  return redirect(`/tokens?done=${given.length === 0 ? 'revoked-all' : 'revoked-all-and-consents'}`);
};

/** Confirmation before all tokens of a user and of the user's applications, and all consents, are revoked. */
export const revokeAllPage: PortalPage = {
  path: '/tokens/revoke-all',
  title: (texts) => texts.myTokens.revokeAllTitle,
  for: 'users',
  navigation: 'none',
  isReturnTarget: true,
  show,
  forms: [{ path: '/tokens/revoke-all', page: '/tokens', handle: revokeAll }],
};
