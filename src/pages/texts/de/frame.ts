import type { Texts } from '../texts';

export const frame: Texts['frame'] = {
  menu: 'Menü',
  account: 'Konto',
  administration: 'Verwaltung',
  breadcrumbs: 'Pfad zur Seite',
  show: 'Anzeigen',
  hide: 'Verbergen',
  showPassword: 'Passwort anzeigen',
  hidePassword: 'Passwort verbergen',
};
