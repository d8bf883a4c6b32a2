import type { Answer } from '../../pages/answer';
import { confirmation } from '../forms/confirmation';
import { describeEndingTokens } from '../tokens/live-token-count';
import type { PortalPage } from '../page';
import type { PageServices } from '../page-services';
import type { UserVisit } from '../visit';
import { findManagedApplication } from './admin-applications';

const show = async (visit: UserVisit, services: PageServices): Promise<Answer> => {
  const { id, name, keys } = await findManagedApplication(visit, services);
  const ending = await describeEndingTokens(services.tokens, {
    owners: Object.values(keys).map(({ clientId }) => ({ clientId })),
    applicationOf: async () => id,
  });
  return confirmation(visit, {
    title: `Disable ${name}?`,
    consequences: `${name} can no longer get tokens. ${ending}`,
    button: 'Disable',
    cancel: '/admin/applications',
  });
};

/** Confirmation before an administrator disables an application. The page of all applications handles its form. */
export const disableApplicationPage: PortalPage = {
  path: '/admin/applications/:id/disable',
  for: 'admins',
  navigation: 'none',
  isReturnTarget: true,
  show,
};
