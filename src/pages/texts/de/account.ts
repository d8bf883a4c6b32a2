import { html } from '../../html';
import type { Texts } from '../texts';
import { phrases } from './phrases';

export const account: Texts['account'] = {
  closed: 'Hier sind keine neuen Konten möglich. Bitten Sie den Administrator Ihrer Organisation um ein Konto.',
  usernameHint: 'Er darf eine E-Mail-Adresse sein.',
  usernameInOrganizationHint: 'Ohne die Organisation. Er darf eine E-Mail-Adresse sein.',
  organizationHint: 'Sie melden sich mit Benutzername, @ und Organisationsschlüssel an.',
  passwordAgain: 'Passwort wiederholen',
  passwordHint: (min) =>
    `Mindestens ${phrases.counted(min, 'Zeichen', 'Zeichen')}. Häufige Passwörter und der Benutzername sind nicht erlaubt.`,
  passwordsDiffer: 'Die Passwörter stimmen nicht überein.',
  newPassword: 'Neues Passwort',
  newPasswordAgain: 'Neues Passwort wiederholen',
  newPasswordsDiffer: 'Die neuen Passwörter stimmen nicht überein.',
  changePassword: 'Passwort ändern',
  changed: 'Passwort geändert.',
  consequences: 'Ein neues Passwort beendet alle Ihre Tokens und meldet Sie in anderen Browsern ab.',
  elsewhere: 'Ihr Passwort wird außerhalb dieses Portals verwaltet.',
  declared:
    'Ihr Konto wird in der Konfiguration des Gateways verwaltet. Bitten Sie den Betreiber, Ihr Passwort zu ändern.',
  sessions: 'Sitzungen',
  sessionsEnd: 'Beendet Ihre Sitzungen in allen Browsern und alle für Sie ausgestellten Tokens.',
  signOutEverywhere: 'Überall abmelden',
  signOutConsequences: (ending) =>
    `Ihre Sitzungen in allen Browsern, auch in diesem, und alle für Sie ausgestellten Tokens werden beendet. ${ending} Programme, die sie verwenden, werden abgewiesen, bis sie neue erhalten. Tokens, die Ihre Anwendungen für sich selbst haben, bleiben gültig.`,
  organizationName: 'Name',
  organizationKey: 'Organisationsschlüssel',
  organizationKeyLabel: 'Organisationsschlüssel',
  signInAs: 'Sie melden sich an als',
  owner: 'Anwendungen gehören',
  usersSignInAs: (name) =>
    html`Benutzer der Organisation melden sich als ${name} an, hier und am Token-Endpunkt. Der Benutzerteil darf eine
    E-Mail-Adresse sein.`,
};
