import { attemptAll } from '../../directory/attempts';
import { redirect, type Answer } from '../../pages/answer';
import { confirmation } from '../confirmation';
import { counted } from '../../pages/duration';
import { describeEndingTokens } from '../live-token-count';
import type { PortalPage } from '../page';
import type { PageServices } from '../page-services';
import { actorOf, type UserVisit } from '../visit';

const TITLE = 'Revoke all tokens?';

/** Describes how many consents are revoked; empty if there are none. */
const describeConsents = (count: number): string => {
  if (count === 0) return '';
  const revoked = `${counted(count, 'consent')} ${count === 1 ? 'is' : 'are'} revoked`;
  return ` ${revoked}: ${count === 1 ? 'the application has' : 'the applications have'} to ask you again.`;
};

const show = async (visit: UserVisit, services: PageServices): Promise<Answer> => {
  const { ownApplications, tokens, directory, consents } = services;
  const clients = await ownApplications.clients(visit.user);
  const ending = await describeEndingTokens(tokens, {
    owners: [{ user: visit.user.subject }, ...clients.map(({ clientId }) => ({ clientId }))],
    applicationOf: async (clientId) => (await directory.findFreshClient(clientId))?.application.id,
    texts: visit.texts,
  });
  const { length } = await consents.list(visit.user.subject);
  return confirmation(visit, {
    title: TITLE,
    consequences: `${ending} Programs that use them are refused until they get new ones.${describeConsents(length)}`,
    button: 'Revoke all',
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
  title: (texts) => texts.tokens.revokeAll,
  for: 'users',
  navigation: 'none',
  isReturnTarget: true,
  show,
  forms: [{ path: '/tokens/revoke-all', page: '/tokens', handle: revokeAll }],
};
