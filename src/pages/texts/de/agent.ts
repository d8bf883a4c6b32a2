import type { Texts } from '../texts';

export const agent: Texts['agent'] = {
  title: (api) => `Agent mit ${api} verbinden`,
  intro:
    'Ein Agent, etwa ein MCP-Client, findet alles Nötige über die Adresse der API. Er braucht eine Client-ID, denn Clients registrieren sich hier nicht selbst.',
  steps: 'Schritte',
  create: 'Legen Sie eine Anwendung an, oder verwenden Sie eine vorhandene',
  makePublic: (box) =>
    `Wählen Sie auf ihrer Seite „${box}“, wenn der Agent auf dem Rechner des Benutzers läuft, und tragen Sie diese Redirect-URIs ein. Den Port wählt der Agent.`,
  subscribe: 'Abonnieren Sie diese API mit der Anwendung',
  copyKey: 'Verwenden Sie ihren Consumer Key als Client-ID des Agenten. Eine öffentliche Anwendung hat kein Secret.',
  addresses: 'Adressen',
  resource: 'Ressource',
  resourceMetadata: 'Metadaten der Ressource (RFC 9728)',
  serverMetadata: 'Metadaten des Autorisierungsservers (RFC 8414)',
  authorizeUrl: 'Autorisierungs-Endpunkt',
  tokenUrl: 'Token-Endpunkt',
  scopes: 'Scopes',
  noScopes: 'keine: ein beliebiges gültiges Token',
  clientId: 'Ihre Client-IDs',
  configuration: 'Konfiguration',
  forUser: 'Ein Client, der einen Benutzer anmeldet',
  forUserHint:
    'Für Clients, die die Client-ID im Eintrag des Servers erwarten. Andere fragen nach der Adresse und dann nach der Client-ID.',
  bridge: 'Ein Client, der nur Programme startet',
  bridgeHint: 'Das Programm mcp-remote meldet den Benutzer an und reicht Nachrichten weiter.',
  header: 'Ein Client, der einen festen Header sendet',
  headerHint:
    'Setzen Sie ein Token von der Seite „Token erzeugen“ in die Variable ein. Es gilt, bis das Token abläuft.',
  forService: 'Ein Agent ohne Benutzer',
  forServiceHint:
    'Er verwendet eine Anwendung mit Secret und den Grant Client Credentials. Clients mit der Client-Credentials-Erweiterung von MCP brauchen Ressource, Client-ID und Secret; diese Anfrage zeigt, was sie senden.',
  noAuthorize:
    'Dieses Gateway hat keinen Autorisierungs-Endpunkt, daher können Agenten keine Benutzer anmelden. Verwenden Sie Client Credentials oder einen festen Header.',
  noToken:
    'Dieses Gateway hat keinen Token-Endpunkt, daher können Agenten keine Tokens holen. Setzen Sie ein vorhandenes ein.',
  noResourceMetadata:
    'Die Metadaten der Ressource sind abgeschaltet. Tragen Sie die Endpunkte und Scopes selbst in den Agenten ein.',
  noServerMetadata:
    'Die Metadaten des Autorisierungsservers sind abgeschaltet. Tragen Sie die Endpunkte und Scopes selbst in den Agenten ein.',
  clientIdPlaceholder: 'IHRE_CLIENT_ID',
  copyConfiguration: 'Konfiguration',
  copyRequest: 'Anfrage',
  redirectUris: 'Redirect-URIs',
};
