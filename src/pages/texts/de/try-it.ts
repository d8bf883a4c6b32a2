import type { Texts } from '../texts';

export const tryIt: Texts['tryIt'] = {
  title: 'Ausprobieren',
  needsJavaScript:
    'Zum Ausprobieren ist JavaScript nötig. Ohne JavaScript verwenden Sie die Befehle auf der Seite einer Anwendung.',
  noApis: 'Es sind keine APIs deklariert, daher gibt es nichts auszuprobieren.',
  api: 'API',
  choose: 'Auswählen',
  needs: (api) => `Zugriff auf ${api}`,
  tokenTooLong: (max) => `Das ist kein Access Token: Es ist länger als ${max} Zeichen.`,
  noMethod: 'Das ist keine HTTP-Methode. Wählen Sie eine Ressource aus der Liste.',
  noResource: 'Diese Ressource gibt es nicht mehr. Laden Sie die Seite neu.',
  isPublic: 'Diese Ressource ist öffentlich: Sie erfordert kein Token.',
  notSubscribed: (application, api) => `${application} hat ${api} nicht abonniert.`,
  notGrantable: (reasons) => `Für diese Ressource kann kein Token ausgestellt werden: ${reasons}.`,
  reason: (scope, reason) => `${scope}: ${reason}`,
  received: (duration) => `Neues Token, gültig für ${duration}.`,
  receivedWith: (scopes, duration) => `Neues Token mit ${scopes}, gültig für ${duration}.`,
  lacks: (reasons) => `Nicht gewährt: ${reasons}.`,
};
