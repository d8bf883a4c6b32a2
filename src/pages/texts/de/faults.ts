import { sentenceOf } from '../sentences';
import type { Texts } from '../texts';
import { phrases } from './phrases';
import { redirectUris } from './redirect-uris';

const LABEL_RULE = 'muss 1 bis 100 Zeichen haben, davon ein sichtbares, ohne Steuer- und Richtungszeichen.';

const fields: Readonly<Record<string, string>> = {
  name: `Der Name ${LABEL_RULE}`,
  label: `Die Bezeichnung ${LABEL_RULE}`,
  description:
    'Die Beschreibung darf höchstens 500 Zeichen haben, ohne andere Steuerzeichen als Zeilenumbrüche und ohne Zeichen für die Schreibrichtung.',
  username: 'Der Benutzername muss 1 bis 256 Zeichen haben, ohne Leerzeichen und ohne verwechselbare Buchstaben.',
  roles: 'Eine Rolle muss 1 bis 128 Zeichen haben, ohne Leerzeichen.',
  expiresAt: 'Das Ablaufdatum muss in der Zukunft liegen.',
};

export const faults: Texts['faults'] = {
  sentences: {
    password_malformed: () => 'Das Passwort muss 1 bis 1.024 Bytes in UTF-8 haben, ohne Steuerzeichen.',
    password_too_short: ({ min }) =>
      `Das Passwort muss mindestens ${phrases.counted(min, 'Zeichen', 'Zeichen')} haben.`,
    password_common: () => 'Das Passwort darf keines der häufigsten Passwörter sein. Wählen Sie ein anderes.',
    password_is_username: () => 'Das Passwort darf nicht der Benutzername sein. Wählen Sie ein anderes.',
    username_malformed: () => fields['username'] ?? '',
    organization_not_offered: ({ offered }) =>
      `Die Organisation muss eine der folgenden sein: ${offered.join(', ')}. Für eine andere bitten Sie deren Administrator um ein Konto.`,
    organization_closed: () => 'Die Organisation nimmt zurzeit keine neuen Konten an.',
    organization_missing: () => 'Die Organisation fehlt.',
    name_taken: ({ by }) => `Ihre Anwendung ${by} hat diesen Namen bereits. Wählen Sie einen anderen.`,
    field: ({ field }) => fields[field] ?? `Der Wert von ${field} ist ungültig.`,
    disabled_by_operator: () => 'Der Betreiber hat dies deaktiviert. Nur der Betreiber kann das ändern.',
    own_account: () => 'Ihr eigenes Konto können Sie hier nicht ändern. Das kann nur ein anderer Administrator.',
    user_disabled: () => 'Der Benutzer ist deaktiviert. Aktivieren Sie ihn zuerst.',
    user_changed: () => 'Der Benutzer wurde gleichzeitig geändert. Versuchen Sie es noch einmal.',
    sign_up_waits: () => 'Die Registrierung des Benutzers wartet auf Genehmigung. Genehmigen Sie sie stattdessen.',
    too_many_sign_ups: () =>
      'Zu viele Registrierungen der Organisation warten auf Genehmigung. Versuchen Sie es später noch einmal.',
    too_many_applications: ({ max }) =>
      `Sie haben bereits die Höchstzahl von ${phrases.counted(max, 'Anwendung', 'Anwendungen')}. Entfernen Sie zuerst eine.`,
    too_many_secrets: ({ max }) =>
      `Der Key hat bereits die Höchstzahl von ${phrases.number(max)} Secrets. Widerrufen Sie zuerst eines.`,
    redirect_uri: ({ line, fault }) =>
      `Die Redirect-URIs sind fehlerhaft: Zeile ${line} ${sentenceOf<typeof fault>(redirectUris, fault)}.`,
    too_many_redirect_uris: ({ max }) => `Es sind höchstens ${max} Redirect-URIs möglich. Entfernen Sie einige.`,
    redirect_uris_missing: () =>
      'Die Redirect-URIs fehlen: Ein öffentlicher Client kann nur den Authorization Code verwenden.',
  },
  nameTaken: 'Dieser Name ist bereits vergeben.',
  other: 'Dies ist mit diesen Werten nicht möglich. Laden Sie die Seite neu und versuchen Sie es noch einmal.',
};
