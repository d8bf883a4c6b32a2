import type { Texts } from '../texts';

export const tryIt: Texts['tryIt'] = {
  title: 'Ausprobieren',
};
