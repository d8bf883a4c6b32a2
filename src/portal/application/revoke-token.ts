import { redirect, type Answer } from '../../pages/answer';
import { readApplicationId } from './application-path';
import { clientOwnersOf } from './own-applications';
import { findGrant } from '../tokens/own-grants';
import type { PageServices } from '../page-services';
import { problem } from '../pages/problem';
import { actorOf, type UserVisit } from '../visit';
import { sectionPath } from './section-path';

/** Handles the form that revokes one token of an application. */
export const revokeToken = async ({ user, params }: UserVisit, services: PageServices): Promise<Answer> => {
  const application = await services.ownApplications.get(user, readApplicationId(params['id']));
  const grant = await findGrant(params['grant'], clientOwnersOf(application), services);
  if (grant === undefined) return problem.notFound;
  const { grantId, clientId, subject } = grant;
  await services.tokens.revoke({ grantId });
  const target = subject === undefined ? {} : { target: subject };
  services.audit.note({ action: 'revoke_token', ...actorOf(user), clientId, ...target });
  return redirect(sectionPath(application.id, 'tokens', 'token-revoked'));
};
