import { html } from '../../pages/html';
import { usageSummary } from '../usage/usage-summary';
import { passwordUsage } from './password-usage';
import type { Section } from './section';

/** How the application uses the gate: its requests, and the password grant. Absent if nothing is counted. */
export const usageSection: Section = {
  id: 'usage',
  render: async (visit, application, services) => {
    // Both in this tick, so that their reads share a round trip.
    const [requests, passwordGrants] = await Promise.all([
      usageSummary(visit, application, services),
      passwordUsage(visit, application, services),
    ]);
    return requests === undefined && passwordGrants === undefined ? undefined : html`${requests} ${passwordGrants}`;
  },
};
