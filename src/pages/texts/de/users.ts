import type { Texts } from '../texts';

export const users: Texts['users'] = {
  title: 'Benutzer',
};
