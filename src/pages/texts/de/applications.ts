import type { Texts } from '../texts';
import { phrases } from './phrases';

export const applications: Texts['applications'] = {
  mine: 'Meine Abonnements',
  remove: 'Anwendung entfernen',
  removeButton: 'Anwendung entfernen',
  removeEffect: (application, counts, ending) =>
    `Damit wird ${application} endgültig gelöscht, einschließlich ${counts}. ${ending}`,
  removed: 'Die Anwendung wurde mit ihren Keys und Tokens entfernt.',
  keyCount: (count) => `${phrases.number(count)} ${count === 1 ? 'Key' : 'Keys'}`,
  secretCount: (count) => `${phrases.number(count)} ${count === 1 ? 'Secret' : 'Secrets'}`,
  subscriptionCount: (count) => `${phrases.number(count)} ${count === 1 ? 'Abonnement' : 'Abonnements'}`,
  revokeSecret: 'Secret widerrufen',
  withKey: (name, ending) => `${name} (Key …${ending})`,
  withoutKey: (name, ending) => `${name} (noch kein Key, ID …${ending})`,
  search: 'Anwendungen suchen',
  noMatch: 'Keine Anwendung passt zu Ihrer Suche.',
  showAll: 'Alle Anwendungen anzeigen',
  none: 'Sie haben noch keine Anwendung. Abonnieren Sie eine API, erzeugen Sie Consumer Key und Secret und damit ein Token.',
  browse: 'APIs ansehen',
  noSubscription: 'Noch kein Abonnement.',
  addSubscription: 'Eines hinzufügen',
  consumerKey: { production: 'Consumer Key (Produktion)', sandbox: 'Consumer Key (Sandbox)' },
  environments: { production: 'Produktion', sandbox: 'Sandbox' },
  newApplication: 'Neue Anwendung',
  name: 'Name der Anwendung',
  create: 'Anwendung anlegen',
};
