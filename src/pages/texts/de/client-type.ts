import type { Texts } from '../texts';
import { phrases } from './phrases';

export const clientType: Texts['clientType'] = {
  redirectUris: 'Redirect-URIs',
  redirectUrisHint:
    'Eine pro Zeile, höchstens 20: wohin der Browser mit einem Authorization Code zurückkehrt. ' +
    'https, http auf 127.0.0.1, [::1] oder localhost mit beliebigem Port, oder ein eigenes Schema wie com.example.app:/callback.',
  publicClient: 'Öffentlicher Client',
  publicHint:
    'Für Browser-, Mobil- und Desktop-Anwendungen, die kein Secret geheim halten können: Ihr Key hat kein Secret, und sie verwenden PKCE.',
  ifPublic: (ending) => `Wenn Sie das auswählen, werden alle Secrets dieser Anwendung gelöscht. ${ending}`,
  ifConfidential: (ending) => `Wenn Sie das abwählen, müssen Sie jedem Key ein Secret hinzufügen. ${ending}`,
  save: 'Speichern',
  none: 'keine',
  type: 'Client-Typ',
  isPublic: 'öffentlich: hat kein Secret und verwendet PKCE',
  isConfidential: 'vertraulich: hat ein Secret',
  saved: 'Gespeichert.',
  savedPublic: 'Gespeichert. Die Anwendung ist öffentlich: Ihre Secrets sind gelöscht, ihre Tokens beendet.',
  savedConfidential:
    'Gespeichert. Die Anwendung ist vertraulich, und ihre Tokens sind beendet. Fügen Sie jedem Key ein Secret hinzu.',
  noPasswordGrants: (days) => `Password-Grant: keine Tokens in den letzten ${phrases.number(days)} Tagen.`,
  passwordGrants: (tokens, days, last) => {
    const count = `${phrases.number(tokens)} ${tokens === 1 ? 'Token' : 'Tokens'}`;
    const end = last === undefined ? '' : `, zuletzt am ${last} (UTC)`;
    return `Password-Grant: ${count} in den letzten ${phrases.number(days)} Tagen${end}.`;
  },
  leavePasswordGrant: 'Um ihn abzulösen, legen Sie Redirect-URIs fest und verwenden den Authorization Code.',
};
