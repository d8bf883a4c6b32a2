import type { Texts } from '../texts';
import { durationAfterPreposition } from './durations';

export const problems: Texts['problems'] = {
  back: 'Zurück zum Portal',
  titles: {
    400: 'Ungültige Anfrage',
    408: 'Zeitüberschreitung',
    413: 'Anfrage zu groß',
    415: 'Ungültige Anfrage',
    429: 'Zu viele Versuche',
  },
  sentences: {
    400: 'Der Browser hat eine Anfrage gesendet, die diese Seite nicht lesen kann. Gehen Sie zurück und versuchen Sie es noch einmal.',
    408: 'Das Formular ist nicht rechtzeitig angekommen. Gehen Sie zurück und versuchen Sie es noch einmal.',
    413: 'Das Formular ist zu groß. Kürzen Sie es und versuchen Sie es noch einmal.',
    415: 'Der Browser hat das Formular in einem Format gesendet, das diese Seite nicht lesen kann.',
    429: 'Aus Ihrem Netzwerk kamen zu viele Versuche.',
  },
  notFound: { title: 'Nicht gefunden', sentence: 'Diese Seite gibt es nicht, oder sie gehört nicht Ihnen.' },
  forged: {
    title: 'Formular abgelaufen',
    sentence:
      'Dieses Formular ist abgelaufen. Es wurde nichts geändert. Öffnen Sie die Seite erneut oder melden Sie sich an, und versuchen Sie es noch einmal.',
  },
  incomplete: {
    title: 'Formular unvollständig',
    sentence: 'Das Formular ist unvollständig. Laden Sie die Seite neu und versuchen Sie es noch einmal.',
  },
  sentTwice: {
    title: 'Bereits gesendet',
    sentence:
      'Dieses Formular wurde bereits gesendet. Prüfen Sie die Seite der Anwendung. Falls Sie das Secret nicht gesehen haben, fügen Sie dort ein neues hinzu.',
  },
  readOnly: {
    title: 'Schreibgeschützt',
    sentence: 'Dies wird in der Konfiguration des Gateways verwaltet. Sie können es hier nicht ändern.',
  },
  notAllowed: { title: 'Nicht erlaubt', sentence: 'Diese Seite unterstützt diese Anfragemethode nicht.' },
  inUse: 'Bereits vergeben',
  notPossible: 'Nicht möglich',
  unavailable: { title: 'Vorübergehend nicht verfügbar', sentence: 'Bitte versuchen Sie es gleich noch einmal.' },
  unexpected: {
    title: 'Etwas ist schiefgegangen',
    sentence:
      'Der Server konnte nicht antworten. Versuchen Sie es noch einmal. Gelingt das nicht, informieren Sie den Betreiber des Gateways.',
  },
  tryAgainIn: (seconds) => `Versuchen Sie es in ${durationAfterPreposition(seconds)} noch einmal.`,
};
