import type { Faults } from './fault';
import { isMap } from './fields';

// Files may name it already; tokens for it come later.
const LATER = 'client_credentials';

/** The applications as scopegate takes them. */
export const readApplications = (faults: Faults, value: unknown): unknown => {
  if (!Array.isArray(value)) return value;
  return value.map((application: unknown, index) => {
    const grantTypes: unknown = isMap(application) ? application['grantTypes'] : undefined;
    if (!isMap(application) || !Array.isArray(grantTypes) || !grantTypes.includes(LATER)) return application;
    const available = grantTypes.filter((grantType) => grantType !== LATER);
    if (available.length === 0) {
      faults.add(['applications', index, 'grantTypes'], `has only ${LATER}, which is not available yet; add password`);
    }
    return { ...application, grantTypes: available };
  });
};
