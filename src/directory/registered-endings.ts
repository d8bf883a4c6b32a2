import type { RevokeReason } from '../events/gate-events';
import type { Ends } from '../tokens/token-store';
import { endGrantsOfOrganization, type OrganizationServices } from './organizations';
import { kindOfKey } from './own-declaration';
import type { EndRegistered } from './registrar';
import { endGrantsAndSessions } from './user-changes';

const BECAUSE: RevokeReason = 'declaration';

const endClient = ({ tokens }: OrganizationServices, clientId: string, ends: Ends): Promise<void> =>
  ends === 'access' ? tokens.revokeAccess({ clientId }, BECAUSE) : tokens.revokeAll({ clientId }, BECAUSE);

const endUser = (services: OrganizationServices, subject: string, ends: Ends): Promise<void> =>
  ends === 'access'
    ? services.tokens.revokeAccess({ subject }, BECAUSE)
    : endGrantsAndSessions(services, subject, BECAUSE);

/** Ends the tokens and sessions of a record that is declared differently since a start. */
export const createRegisteredEndings =
  (services: () => OrganizationServices): EndRegistered =>
  async (key, { name }, ends) => {
    const kind = kindOfKey(key);
    if (kind === 'user') await endUser(services(), name, ends);
    else if (kind === 'client') await endClient(services(), name, ends);
    else await endGrantsOfOrganization(services(), name, BECAUSE);
  };
