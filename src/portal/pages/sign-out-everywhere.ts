import { redirect, type Answer } from '../../pages/answer';
import { mintVisitorId } from '../../pages/session-cookie';
import { confirmation } from '../forms/confirmation';
import { describeEndingTokens } from '../tokens/live-token-count';
import type { PortalPage } from '../page';
import type { PageServices } from '../page-services';
import { actorOf, type UserVisit } from '../visit';

const show = async (visit: UserVisit, { tokens, directory }: PageServices): Promise<Answer> => {
  const { account, signIn } = visit.texts;
  const ending = await describeEndingTokens(tokens, {
    texts: visit.texts,
    owners: [{ user: visit.user.subject }],
    applicationOf: async (clientId) => (await directory.findFreshClient(clientId))?.application.id,
  });
  return confirmation(visit, {
    title: signIn.signOutEverywhere,
    consequences: account.signOutConsequences(ending),
    button: account.signOutEverywhere,
    cancel: '/password',
  });
};

const signOutEverywhere = async ({ user }: UserVisit, { tokens, audit }: PageServices): Promise<Answer> => {
  await tokens.revoke({ user: user.subject, sessions: true });
  audit.note({ action: 'sign_out_everywhere', ...actorOf(user) });
  return redirect('/sign-in?done=signed-out-everywhere', mintVisitorId());
};

/** Confirmation before all sessions of a user, and all tokens issued for the user, end. */
export const signOutEverywherePage: PortalPage = {
  path: '/sign-out-everywhere',
  title: (texts) => texts.signIn.signOutEverywhere,
  for: 'users',
  navigation: 'none',
  section: '/password',
  isReturnTarget: true,
  show,
  forms: [{ path: '/sign-out-everywhere', page: '/password', handle: signOutEverywhere }],
};
