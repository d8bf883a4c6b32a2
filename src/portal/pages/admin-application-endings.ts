import type { ApplicationInfo } from '../../directory/application-info';
import type { Answer } from '../../pages/answer';
import { disableManaged, unsubscribeManaged } from '../admin/change-application';
import { findManagedInPath, managedPath } from '../admin/managed-application';
import { confirmation } from '../forms/confirmation';
import { describeEndingTokens, type TokensToCount } from '../tokens/live-token-count';
import { clientOwnersOf } from '../application/own-applications';
import type { PortalPage } from '../page';
import type { PageServices } from '../page-services';
import type { UserVisit } from '../visit';
import { problem } from './problem';

const endingTokens = (
  { texts }: UserVisit,
  application: ApplicationInfo,
  { tokens }: PageServices,
  counted: NonNullable<TokensToCount['counted']>,
): Promise<string> =>
  describeEndingTokens(tokens, {
    owners: clientOwnersOf(application),
    applicationOf: async () => application.id,
    counted,
    texts,
  });

const confirmDisable = async (visit: UserVisit, services: PageServices): Promise<Answer> => {
  const { adminApplications: texts } = visit.texts;
  const application = await findManagedInPath(visit, services);
  const { id, name } = application;
  return confirmation(visit, {
    title: texts.disableTitle(name),
    consequences: texts.disableEffect(name, await endingTokens(visit, application, services, 'tokens')),
    button: texts.disable,
    cancel: managedPath(id),
  });
};

const confirmUnsubscribe = async (visit: UserVisit, services: PageServices): Promise<Answer> => {
  const { application: texts } = visit.texts;
  const application = await findManagedInPath(visit, services);
  const { id, name, subscriptions } = application;
  const api = visit.query.get('api') ?? '';
  if (!subscriptions.includes(api)) return problem.notFound;
  const title = services.apis.get(api)?.title ?? api;
  const ending = await endingTokens(visit, application, services, 'access-tokens');
  return confirmation(visit, {
    title: texts.unsubscribeTitle(name, title),
    consequences: texts.unsubscribeEffect(name, title, ending),
    fields: { api },
    button: texts.unsubscribe,
    cancel: managedPath(id),
  });
};

/** Confirmation before an administrator disables an application. */
export const disableApplicationPage: PortalPage = {
  path: '/admin/applications/:id/disable',
  for: 'admins',
  navigation: 'none',
  isReturnTarget: true,
  show: confirmDisable,
  forms: [{ path: '/admin/applications/:id/disable', page: '/admin/applications', handle: disableManaged }],
};

/** Confirmation before an administrator ends a subscription. */
export const unsubscribeApplicationPage: PortalPage = {
  path: '/admin/applications/:id/unsubscribe',
  for: 'admins',
  navigation: 'none',
  isReturnTarget: true,
  show: confirmUnsubscribe,
  forms: [{ path: '/admin/applications/:id/unsubscribe', page: '/admin/applications', handle: unsubscribeManaged }],
};
