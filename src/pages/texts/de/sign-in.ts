import type { Texts } from '../texts';
import { phrases } from './phrases';

export const signIn: Texts['signIn'] = {
  signIn: 'Anmelden',
  signUp: 'Registrieren',
  username: 'Benutzername',
  usernameHint: 'Mit Ihrer Organisation, zum Beispiel jane@example.com@acme, wobei acme Ihre Organisation ist.',
  noAccount: 'Noch kein Konto?',
  signedOut: 'Sie haben sich abgemeldet.',
  signedOutEverywhere:
    'Sie haben sich überall abgemeldet. Alle Ihre Sitzungen und alle für Sie ausgestellten Tokens wurden beendet.',
  signedUp: 'Falls der Benutzername frei war, ist Ihr Konto bereit. Melden Sie sich unten an.',
  wrong: 'Der Benutzername oder das Passwort ist falsch.',
  wrongPassword: 'Das Passwort ist falsch. Es wurde nichts geändert.',
  paused: (failures, seconds) =>
    `Nach ${phrases.counted(failures, 'Fehlversuch', 'Fehlversuchen')} wird die Anmeldung aus Ihrem Netzwerk für bis zu ${phrases.duration(seconds)} pausiert.`,
  organization: 'Organisation',
  password: 'Passwort',
  signOutEverywhere: 'Überall abmelden?',
};
