import { redirect, type Answer } from '../../pages/answer';
import { mintVisitorId } from '../../pages/session-cookie';
import { confirmation } from '../confirmation';
import { describeEndingTokens } from '../live-token-count';
import type { PortalPage } from '../page';
import type { PageServices } from '../page-services';
import { actorOf, type UserVisit } from '../visit';

const TITLE = 'Sign out everywhere?';

const show = async (visit: UserVisit, { tokens, directory }: PageServices): Promise<Answer> => {
  const ending = await describeEndingTokens(tokens, {
    owners: [{ user: visit.user.subject }],
    applicationOf: async (clientId) => (await directory.findFreshClient(clientId))?.application.id,
  });
  return confirmation(visit, {
    title: TITLE,
    consequences: `Your sessions in all browsers, this one included, and all tokens issued for you end. ${ending} Programs that use them are refused until they get new ones. Tokens that your applications have for themselves stay valid.`,
    button: 'Sign out everywhere',
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
