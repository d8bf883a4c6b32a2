import { passwordUsage } from './password-usage';
import type { Section } from './section';

/** How the application uses the gate. Counts of its requests are rendered here too. Absent if nothing is counted. */
export const usageSection: Section = {
  id: 'usage',
  render: passwordUsage,
};
