import type { Texts } from '../texts';

export const snippets: Texts['snippets'] = {
  title: 'Die Keys im Code verwenden',
  language: 'Sprache',
  variables:
    'Der Code liest CONSUMER_KEY, CONSUMER_SECRET und andere Werte, die wechseln oder geheim sind, aus der Umgebung.',
  publicVariables: 'Der Code liest Werte, die wechseln oder geheim sind, aus der Umgebung.',
  steps: {
    client_credentials: 'Token für die Anwendung holen (Client Credentials)',
    password: 'Token für einen Benutzer holen (Passwort)',
    authorization_code: 'Einen Benutzer anmelden (Authorization Code mit PKCE)',
    refresh_token: 'Neue Tokens holen (Refresh Token)',
    call: 'Die API aufrufen',
  },
  label: (language) => `Code in ${language}`,
  code: {
    openAddress: 'Öffnen Sie diese Adresse in einem Browser:',
    pasteCode: 'Fügen Sie dann den Wert von „code“ aus der Adresse ein, zu der der Browser zurückkehrt:',
    selfSigned: 'Das Zertifikat ist selbst signiert: Starten Sie dies mit NODE_EXTRA_CA_CERTS.',
  },
};
