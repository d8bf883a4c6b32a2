import type { Texts } from '../texts';
import { phrases } from './phrases';

export const requests: Texts['requests'] = {
  too_many_failures: () => 'Zu viele Fehlversuche aus Ihrem Netzwerk.',
  too_many_from_network: ({ limit, max }) =>
    `Zu viele ${limit === 'signUpsPerNetwork' ? 'Registrierungen' : 'Autorisierungsanfragen'} aus diesem Netzwerk: Das Limit ist ${phrases.number(max)} pro Stunde.`,
  https_required: () => 'Verwenden Sie https: Diese Seite akzeptiert kein unverschlüsseltes http.',
  malformed_address: () => 'Die Adresse dieser Anfrage ist zu lang oder fehlerhaft.',
  parameter_repeated: ({ parameter }) => `Die Anwendung hat den Parameter ${parameter} mehrfach gesendet.`,
  client_id_missing: () => 'Die Anwendung hat keine client_id gesendet.',
  client_unknown: () =>
    'Diese Anwendung ist hier nicht bekannt oder deaktiviert. Die client_id muss ihr Consumer Key sein.',
  redirect_uri_missing: () => 'Die Anwendung hat keine redirect_uri gesendet.',
  redirect_uri_unregistered: () =>
    'Die redirect_uri ist für diese Anwendung nicht registriert. Senden Sie eine registrierte, Byte für Byte gleich, oder registrieren Sie diese.',
  state_malformed: ({ max }) => `Der state darf höchstens ${phrases.number(max)} Zeichen haben, ohne Steuerzeichen.`,
};
