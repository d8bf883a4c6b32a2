import type { Texts } from '../texts';

export const applications: Texts['applications'] = {
  mine: 'Meine Abonnements',
  remove: 'Anwendung entfernen',
  revokeSecret: 'Secret widerrufen',
};
