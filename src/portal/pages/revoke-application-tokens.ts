import { attemptAll } from '../../directory/attempts';
import { redirect, type Answer } from '../../pages/answer';
import { sectionPath } from '../application/section-path';
import { readApplicationId } from '../application/application-path';
import { confirmation } from '../forms/confirmation';
import { describeEndingTokens } from '../tokens/live-token-count';
import { clientOwnersOf } from '../application/own-applications';
import type { PortalPage } from '../page';
import type { PageServices } from '../page-services';
import { actorOf, type UserVisit } from '../visit';

const show = async (visit: UserVisit, { ownApplications, tokens }: PageServices): Promise<Answer> => {
  const { user, params, texts } = visit;
  const application = await ownApplications.get(user, readApplicationId(params['id']));
  const { id, name } = application;
  const ending = await describeEndingTokens(tokens, {
    owners: clientOwnersOf(application),
    applicationOf: async () => id,
    texts,
  });
  return confirmation(visit, {
    title: texts.application.revokeAllTitle(name),
    consequences: texts.application.revokeAllEffect(ending),
    button: texts.application.revokeAll,
    cancel: sectionPath(id, 'danger'),
  });
};

const revoke = async (
  { user, params }: UserVisit,
  { ownApplications, tokens, audit }: PageServices,
): Promise<Answer> => {
  const application = await ownApplications.get(user, readApplicationId(params['id']));
  const { id, name } = application;
  await attemptAll(clientOwnersOf(application).map((owner) => () => tokens.revoke(owner)));
  audit.note({ action: 'revoke_application_tokens', ...actorOf(user), target: name });
  return redirect(sectionPath(id, 'tokens', 'tokens-revoked'));
};

/** Confirmation before all tokens of an application are revoked. */
export const revokeApplicationTokensPage: PortalPage = {
  path: '/applications/:id/revoke-tokens',
  for: 'users',
  navigation: 'none',
  section: '/subscriptions',
  isReturnTarget: true,
  show,
  forms: [{ path: '/applications/:id/revoke-tokens', handle: revoke }],
};
