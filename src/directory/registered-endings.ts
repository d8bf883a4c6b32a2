import type { RevokeReason } from '../events/gate-events';
import type { Ends } from '../tokens/token-store';
import { endGrantsOfOrganization, type OrganizationServices } from './organizations';
import { kindOfKey } from './own-declaration';
import type { EndRegistered } from './registrar';
import { endFormerUser, type UserServices } from './user-changes';

const BECAUSE: RevokeReason = 'declaration';

const endClient = ({ tokens }: OrganizationServices, clientId: string, ends: Ends): Promise<void> =>
  ends === 'access' ? tokens.revokeAccess({ clientId }, BECAUSE) : tokens.revokeAll({ clientId }, BECAUSE);

type EndingServices = OrganizationServices & Pick<UserServices, 'consents'>;

const endUser = (services: EndingServices, subject: string, ends: Ends): Promise<void> =>
  ends === 'access' ? services.tokens.revokeAccess({ subject }, BECAUSE) : endFormerUser(services, subject, BECAUSE);

/**
 * Ends the tokens and sessions of a record that is declared differently since a start. A user may be another one then, so
 * the consents end as well.
 */
export const createRegisteredEndings =
  (services: () => EndingServices): EndRegistered =>
  async (key, { name }, ends) => {
    const kind = kindOfKey(key);
    if (kind === 'user') await endUser(services(), name, ends);
    else if (kind === 'client') await endClient(services(), name, ends);
    else await endGrantsOfOrganization(services(), name, BECAUSE);
  };
