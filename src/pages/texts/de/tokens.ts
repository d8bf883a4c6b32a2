import type { Texts } from '../texts';

export const tokens: Texts['tokens'] = {
  generate: 'Token erzeugen',
  mine: 'Meine Tokens',
};
