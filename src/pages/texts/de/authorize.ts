import type { Texts } from '../texts';

export const authorize: Texts['authorize'] = {};
