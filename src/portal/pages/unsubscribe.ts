import { redirect, type Answer } from '../../pages/answer';
import { confirmation } from '../confirmation';
import { describeEndingTokens } from '../live-token-count';
import type { OwnApplication } from '../own-applications';
import type { PortalPage } from '../page';
import type { PageServices } from '../page-services';
import { actorOf, type UserVisit } from '../visit';
import { readApplicationId } from '../application-path';
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
  const { id, name, keys } = application;
  const title = services.apis.get(api)?.title ?? api;
  const ending = await describeEndingTokens(services.tokens, {
    owners: Object.values(keys).map(({ clientId }) => ({ clientId })),
    counted: 'access-tokens',
    texts: visit.texts,
    applicationOf: async () => id,
  });
  return confirmation(visit, {
    title: `Unsubscribe ${name} from ${title}?`,
    consequences: `${name} can no longer call ${title}. ${ending} Clients with a refresh token can get new ones for the other APIs.`,
    fields: { api },
    button: 'Unsubscribe',
    cancel: '/subscriptions',
  });
};

const unsubscribe = async (visit: UserVisit, services: PageServices): Promise<Answer> => {
  const api = visit.form.get('api') ?? '';
  const application = await findSubscription(visit, services, api);
  if (application === undefined) return problem.notFound;
  await services.applications.unsubscribe(application.id, api);
  services.audit.note({ action: 'unsubscribe', ...actorOf(visit.user), target: application.name, detail: api });
  return redirect('/subscriptions?done=unsubscribed');
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
