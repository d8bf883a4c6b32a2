import type { Texts } from '../texts';

export const keys: Texts['keys'] = {
  ready: 'Alles bereit',
  subscribed: (application, api) => `${application} hat ${api} abonniert.`,
  copySecret:
    'Kopieren Sie das Secret jetzt. Es wird nicht noch einmal angezeigt. Falls Sie es verlieren, erzeugen Sie ein neues.',
  shownBefore:
    'Das Secret wurde angezeigt, als es erzeugt wurde. Falls Sie es verloren haben, fügen Sie der Anwendung ein weiteres hinzu.',
  publicKey:
    'Dieser Key hat kein Secret: Die Anwendung ist öffentlich. Ihre Benutzer melden sich mit dem Authorization Code und PKCE an.',
  newKeys: (application) => `${application}: Ihre neuen Keys`,
  newKey: (application) => `${application}: Ihr neuer Key`,
  newSecret: (application) => `Neues Secret für ${application}`,
  consumerKey: 'Consumer Key',
  consumerSecret: 'Consumer Secret',
  keyLabel: 'Consumer Key',
  secretLabel: 'Consumer Secret',
  envFile: '.env-Datei',
  envLines: 'Zeilen für eine .env-Datei',
  saveEnv: 'Als .env speichern',
  header: 'Authorization-Header für Token-Anfragen',
  headerLabel: 'Basic-Header',
  application: 'Zur Anwendung',
  generateToken: 'Token erzeugen',
  done: 'Fertig',
};
