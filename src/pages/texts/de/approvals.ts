import type { Texts } from '../texts';

export const approvals: Texts['approvals'] = {
  title: 'Genehmigungen',
  applications: 'Anwendungen',
  audit: 'Protokoll',
  requested: 'Beantragt. Das Abonnement gilt, sobald es ein Administrator genehmigt hat.',
  planRequested: 'Beantragt. Der bisherige Plan gilt, bis ein Administrator die Änderung genehmigt hat.',
  withdrawn: 'Antrag entfernt.',
  waiting: 'Wartet auf Genehmigung',
  rejected: 'Abgelehnt',
  reasonOf: (reason) => `Begründung: ${reason}`,
  withPlan: (api, plan) => `${api} (Plan ${plan})`,
  withdraw: 'Zurückziehen',
  dismiss: 'Ausblenden',
  needed: 'Abonnements müssen genehmigt werden.',
};
