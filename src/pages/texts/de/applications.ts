import type { Texts } from '../texts';

export const applications: Texts['applications'] = {
  mine: 'Meine Abonnements',
  remove: 'Anwendung entfernen',
  revokeSecret: 'Secret widerrufen',
  withKey: (name, ending) => `${name} (Key …${ending})`,
  withoutKey: (name, ending) => `${name} (noch kein Key, ID …${ending})`,
};
