import { html } from '../../html';
import type { Texts } from '../texts';
import { phrases } from './phrases';

export const myTokens: Texts['myTokens'] = {
  caption: 'Gültige Tokens, die für Sie oder Ihre Anwendungen ausgestellt wurden',
  heads: {
    subject: 'Für',
    application: 'Anwendung',
    environment: 'Umgebung',
    scopes: 'Scopes',
    issued: 'Ausgestellt',
    expires: 'Läuft ab',
    lastUsed: 'Zuletzt verwendet',
  },
  environments: { production: 'Produktion', sandbox: 'Sandbox' },
  client: (name, environment) => `${name} (${environment})`,
  forApplication: 'die Anwendung',
  only: (resource) => `nur ${resource}`,
  refreshable: 'Access Token abgelaufen, kann erneuert werden',
  revoke: 'Widerrufen',
  about: (client, issued) => html`das Token von ${client}, ausgestellt ${issued}`,
  aboutExpired: (client) => html`das Token von ${client}`,
  none: 'Keine gültigen Tokens.',
  noneOf: (application) => `Keine gültigen Tokens von ${application}.`,
  generate: 'Token erzeugen',
  application: 'Anwendung',
  allApplications: 'Alle Anwendungen',
  show: 'Anzeigen',
  incomplete: (count) =>
    `Es gibt mehr als diese ${phrases.number(count)} Tokens. Wählen Sie eine Anwendung, um nur deren Tokens zu sehen.`,
  incompleteOf: (count) =>
    `Es gibt mehr als diese ${phrases.number(count)} Tokens. Um alle zu beenden, widerrufen Sie alle Tokens der Anwendung.`,
  live: 'Gültige Tokens',
  revoked: 'Das Token wurde widerrufen.',
  revokedAll: 'Alle diese Tokens wurden widerrufen.',
  revokedAllAndConsents: 'Alle diese Tokens und Ihre Einwilligungen wurden widerrufen.',
  consentRevoked: 'Die Einwilligung wurde widerrufen. Ihre Tokens sind beendet.',
  revokeAll: 'Alle widerrufen',
  revokeAllTitle: 'Alle Tokens widerrufen?',
  revokeAllEffect: (ending) => `${ending} Programme, die sie verwenden, werden abgewiesen, bis sie neue erhalten.`,
  consentsRevoked: (count) =>
    count === 1
      ? '1 Einwilligung wird widerrufen: Die Anwendung muss Sie erneut fragen.'
      : `${phrases.number(count)} Einwilligungen werden widerrufen: Die Anwendungen müssen Sie erneut fragen.`,
};
