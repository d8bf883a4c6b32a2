import type { Texts } from '../texts';

export const approvals: Texts['approvals'] = {
  title: 'Genehmigungen',
  applications: 'Anwendungen',
  audit: 'Protokoll',
};
