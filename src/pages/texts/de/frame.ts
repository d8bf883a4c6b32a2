import type { Texts } from '../texts';

export const frame: Texts['frame'] = {
  menu: 'Menü',
  account: 'Konto',
  administration: 'Verwaltung',
  breadcrumbs: 'Pfad zur Seite',
  footer: 'Links',
  showPassword: 'Anzeigen',
  hidePassword: 'Verbergen',
};
