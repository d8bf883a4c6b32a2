import type { Texts } from '../texts';

export const welcome: Texts['welcome'] = {
  browse: 'APIs ohne Anmeldung ansehen',
  firstSteps: 'In drei Schritten zur ersten Anfrage',
  subscribe: 'API abonnieren',
  getToken: 'Token erzeugen',
  callApi: 'API aufrufen',
  done: 'erledigt',
};
