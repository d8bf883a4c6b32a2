import { redirect, type Answer } from '../../pages/answer';
import { sectionPath } from '../application/section-path';
import { confirmation } from '../forms/confirmation';
import { describeEndingTokens } from '../tokens/live-token-count';
import { clientOwnersOf, type OwnApplication } from '../application/own-applications';
import type { PortalPage } from '../page';
import type { PageServices } from '../page-services';
import { actorOf, type UserVisit } from '../visit';
import { readApplicationId } from '../application/application-path';
import { problem } from './problem';

/** Finds the application of a request and checks its API. Neither is confirmed to exist to another user. */
const findSubscription = async (
  { user, params }: UserVisit,
  { ownApplications, apis }: PageServices,
  api: string,
): Promise<OwnApplication | undefined> => {
  const application = await ownApplications.get(user, readApplicationId(params['id']));
  // An unknown name would be written to the audit, and many of them would evict other entries.
  return apis.has(api) || application.subscriptions.includes(api) ? application : undefined;
};

const show = async (visit: UserVisit, services: PageServices): Promise<Answer> => {
  const api = visit.query.get('api') ?? '';
  const application = await findSubscription(visit, services, api);
  if (application === undefined) return problem.notFound;
  const { id, name } = application;
  const { application: texts } = visit.texts;
  const title = services.apis.get(api)?.title ?? api;
  const ending = await describeEndingTokens(services.tokens, {
    owners: clientOwnersOf(application),
    counted: 'access-tokens',
    texts: visit.texts,
    applicationOf: async () => id,
  });
  return confirmation(visit, {
    title: texts.unsubscribeTitle(name, title),
    consequences: texts.unsubscribeEffect(name, title, ending),
    fields: { api },
    button: texts.unsubscribe,
    cancel: sectionPath(id, 'subscriptions'),
  });
};

const unsubscribe = async (visit: UserVisit, services: PageServices): Promise<Answer> => {
  const api = visit.form.get('api') ?? '';
  const application = await findSubscription(visit, services, api);
  if (application === undefined) return problem.notFound;
  await services.applications.unsubscribe(application.id, api);
  services.audit.note({ action: 'unsubscribe', ...actorOf(visit.user), target: application.name, detail: api });
  return redirect(sectionPath(application.id, 'subscriptions', 'unsubscribed'));
};

/** Confirmation before a subscription ends. */
export const unsubscribePage: PortalPage = {
  path: '/applications/:id/unsubscribe',
  for: 'users',
  navigation: 'none',
  section: '/subscriptions',
  isReturnTarget: true,
  show,
  forms: [{ path: '/applications/:id/unsubscribe', page: '/subscriptions', handle: unsubscribe }],
};
