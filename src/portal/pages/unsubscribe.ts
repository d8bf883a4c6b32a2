import { redirect, type Answer } from '../../pages/answer';
import { confirmation } from '../confirmation';
import { endingTokens } from '../live-token-count';
import { OwnApplications } from '../own-applications';
import { problem } from './problem';
import type { Route } from '../router';
import type { PortalServices } from '../services';
import { actorOf, type UserVisit } from '../visit';

/** Confirmation page and form that end a subscription. */
export const unsubscribePages = (services: PortalServices): readonly Route[] => {
  const { apis, applications, tokens, audit } = services;
  const own = new OwnApplications(services);

  /** Finds the application of a request and checks its API. Neither is confirmed to exist to another user. */
  const findSubscription = async ({ user, params: { id = '' } }: UserVisit, api: string) => {
    const application = await own.get(user, id);
    // An unknown name would be written to the audit, and many of them would evict other entries.
    return apis.has(api) || application.subscriptions.includes(api) ? application : undefined;
  };

  const unsubscribePage = async (visit: UserVisit): Promise<Answer> => {
    const api = visit.query.get('api') ?? '';
    const application = await findSubscription(visit, api);
    if (application === undefined) return problem.notFound;
    const { id, name, keys } = application;
    const title = apis.get(api)?.title ?? api;
    const ending = await endingTokens(tokens, {
      owners: Object.values(keys).map(({ clientId }) => ({ clientId })),
      only: ({ accessToken }) => accessToken !== undefined,
      noun: 'access token',
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

  return [
    { method: 'GET', path: '/applications/:id/unsubscribe', for: 'users', handle: unsubscribePage },
    {
      method: 'POST',
      path: '/applications/:id/unsubscribe',
      page: '/subscriptions',
      for: 'users',
      handle: async (visit) => {
        const api = visit.form.get('api') ?? '';
        const application = await findSubscription(visit, api);
        if (application === undefined) return problem.notFound;
        await applications.unsubscribe(application.id, api);
        audit.note({ action: 'unsubscribe', ...actorOf(visit.user), target: application.name, detail: api });
        return redirect('/subscriptions?done=unsubscribed');
      },
    },
  ];
};
