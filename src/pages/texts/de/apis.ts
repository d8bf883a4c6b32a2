import type { Texts } from '../texts';

export const apis: Texts['apis'] = {
  title: 'APIs',
};
