import { html } from '../../html';
import type { Texts } from '../texts';

const again = 'Gehen Sie zurück zur Anwendung und beginnen Sie von vorn.';

export const authorize: Texts['authorize'] = {
  continueTo: (application) => html`Weiter zu ${application}`,
  signInAsAnother: 'Mit einem anderen Konto anmelden',
  back: 'Zurück zur Anwendung',
  proceed: 'Weiter',
  allow: 'Erlauben',
  deny: 'Ablehnen',
  allowTitle: (application) => `Zugriff durch ${application} erlauben?`,
  asks: (application, user) => html`${application} bittet um Zugriff im Namen von ${user}.`,
  forApis: (apis) => `Für: ${apis}`,
  permissions: 'Berechtigungen',
  noPermissions: 'Es werden keine Berechtigungen angefordert.',
  sentTo: (place) => html`Ihre Entscheidung wird gesendet an: ${place}.`,
  onThisDevice: (scheme) => html`die Anwendung, die auf diesem Gerät Adressen mit ${scheme} öffnet`,
  onThisComputer: 'eine Anwendung auf diesem Computer',
  tickOne: 'Wählen Sie mindestens einen Scope aus, oder wählen Sie „Ablehnen“.',
  changed:
    'Die angeforderten Berechtigungen haben sich geändert, oder jemand anderes hat sich angemeldet. Prüfen Sie die Angaben und entscheiden Sie erneut.',
  wrongUser: {
    title: 'Nicht möglich',
    sentence: (user, application) => html`${user} darf ${application} nicht verwenden.`,
  },
  ended: {
    title: 'Anfrage beendet',
    sentence: `Diese Anfrage ist abgelaufen, wurde bereits beantwortet oder in einem anderen Browser begonnen. ${again}`,
  },
  forged: {
    title: 'Formular abgelaufen',
    sentence: `Dieses Formular ist abgelaufen. Es wurde nichts geändert. ${again}`,
  },
  notFound: { title: 'Nicht gefunden', sentence: 'Diese Seite gibt es nicht.' },
  tooManyConsents: (myTokens) => ({
    title: 'Zu viele Anwendungen',
    sentence: `Sie haben die Höchstzahl an Anwendungen mit Ihrer Einwilligung erreicht. Widerrufen Sie einige davon unter „${myTokens}“. ${again}`,
  }),
  notAllowed: (methods) => ({
    title: 'Nicht erlaubt',
    sentence: `Diese Adresse akzeptiert nur ${methods}. ${again}`,
  }),
};
