import type { Texts } from '../texts';
import { phrases } from './phrases';

const tallied = (requests: number, errors: number, refused: number): string =>
  `${phrases.counted(requests, 'Anfrage', 'Anfragen')}, ${phrases.number(errors)} Fehler, ${phrases.number(refused)} abgelehnt`;

export const usage: Texts['usage'] = {
  title: 'Nutzung',
  ofOrganization: 'Gesamte Nutzung',
  of: (application) => `Nutzung von ${application}`,
  all: 'Alle Anfragen',
  periods: 'Zeitraum',
  period: { hour: 'Letzte Stunde', day: 'Letzte 24 Stunden', month: 'Letzte 30 Tage' },
  utcHint:
    'Stunden und Tage sind in UTC angegeben. Anfragen, die andere Server des Gateways erhalten haben, erscheinen innerhalb von 5 Sekunden.',

  chartTitle: (title, period) => `${title}: ${period}`,
  chartDescription: (requests, errors, refused) =>
    `Ein Balken für jeden Zeitabschnitt. Insgesamt: ${tallied(requests, errors, refused)}. Die gleichen Zahlen stehen in der Tabelle darunter.`,
  chartNumbers: 'Zahlen des Diagramms',
  chartNumbersHint: 'Zeitabschnitte ohne Anfragen sind weggelassen.',
  most: (requests) => `Höchster Balken: ${requests}`,
  kinds: { served: 'Beantwortet', clientErrors: '4xx-Fehler', serverErrors: '5xx-Fehler', refused: 'Abgelehnt' },
  kindsHint:
    'Beantwortet: 2xx und 3xx. Zu den 4xx-Fehlern zählen Anfragen, deren Client die Verbindung getrennt hat (499). Abgelehnt: vom Gateway, bevor die Anfrage die API erreicht hat.',
  bar: (time, requests, errors, refused) => `${time}: ${tallied(requests, errors, refused)}`,

  time: 'Zeit (UTC)',
  application: 'Anwendung',
  owner: 'Eigentümer',
  api: 'API',
  environment: 'Umgebung',
  environments: { production: 'Produktion', sandbox: 'Sandbox' },
  requests: 'Anfragen',
  errors: 'Fehler',
  served: 'Beantwortet',
  clientErrors: '4xx-Fehler',
  serverErrors: '5xx-Fehler',
  refused: 'Abgelehnt',
  median: 'p50',
  slowest: 'p95',
  latencyHint:
    'p50 und p95: Die Hälfte beziehungsweise 95\u00A0% der Antworten dauerten höchstens so lange. WebSockets und Ereignisströme werden nicht gemessen.',
  milliseconds: (value) => `${value}\u00A0ms`,
  quotaLeft: 'Restkontingent',
  quota: (left, requests, plan) => `${left} von ${requests} (Plan ${plan})`,
  outsideApis: 'Außerhalb von APIs',
  byApplication: 'Nach Anwendung und API',
  byApi: 'Nach API',
  applicationsOfOrganization: 'Anwendungen Ihrer Organisation',

  none: 'Keine Anfragen in diesem Zeitraum.',
  noneOfDay: 'Keine Anfragen in den letzten 24 Stunden.',
  off: 'Der Betreiber des Gateways hat die Nutzungszahlen abgeschaltet.',
  noApplications: 'Sie haben noch keine Anwendungen.',
  createFirst: 'API abonnieren',
  tryIt: 'Ausprobieren: eine Anfrage senden',
  details: 'Alle Zahlen und die letzten Ablehnungen',
  lastDay: (requests, errors, refused) => `In den letzten 24 Stunden: ${tallied(requests, errors, refused)}.`,

  refusals: 'Letzte Ablehnungen',
  refusalsHint: 'Die letzten 20 verschiedenen Ablehnungen der vergangenen 7 Tage.',
  noRefusals: 'In den vergangenen 7 Tagen wurde keine Anfrage abgelehnt.',
  request: 'Anfrage',
  reason: 'Grund',
  count: 'Anzahl',
  last: 'Zuletzt',
  reasons: {
    insufficientScope: (scopes) =>
      `Das Token enthält ${scopes} nicht. Holen Sie ein Token mit allen Scopes der Ressource.`,
    tooLittleScope:
      'Das Token enthält nicht die Scopes, die diese Ressource benötigt. Holen Sie ein Token mit allen diesen Scopes.',
    notSubscribed: (api) =>
      `Die Anwendung hat ${api} nicht abonniert, oder das Token ist älter als das Abonnement. Abonnieren Sie die API und holen Sie ein neues Token.`,
    noSandbox: (api) => `${api} hat keine Sandbox. Senden Sie ein Token des Produktions-Keys.`,
    wrongAudience: 'Das Token gilt für eine andere Ressource. Holen Sie eines für diese Ressource.',
    userGone: 'Den Benutzer des Tokens gibt es nicht mehr.',
    plan: (plan) =>
      `Der Plan ${plan} war aufgebraucht. Warten Sie, bis er zurückgesetzt wird, oder wechseln Sie den Plan.`,
    retired: (api) => `${api} ist abgeschaltet und nimmt keine Anfragen mehr an.`,
    limit: 'Das Limit der Ressource war erreicht. Warten Sie, bis es zurückgesetzt wird.',
    other: 'Das Gateway hat die Anfrage abgelehnt.',
  },
};
