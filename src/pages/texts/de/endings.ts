import type { CountedTokens } from '../en/endings';
import type { Texts } from '../texts';
import { phrases } from './phrases';

const nouns = { tokens: ['Token', 'Tokens'], 'access-tokens': ['Access Token', 'Access Tokens'] } as const;

const tokensOf = (count: number, counted: CountedTokens): string =>
  `${phrases.number(count)} ${nouns[counted][count === 1 ? 0 : 1]}`;

const applicationsOf = (count: number): string =>
  `${phrases.number(count)} ${count === 1 ? 'Anwendung' : 'Anwendungen'}`;

export const endings: Texts['endings'] = {
  none: (counted) => `Es enden keine ${nouns[counted][1]}.`,
  moreThan: (count, counted) => `Mehr als ${tokensOf(count, counted)} enden jetzt.`,
  some: (count, counted, applications) =>
    `${tokensOf(count, counted)} von ${applicationsOf(applications)} ${count === 1 ? 'endet' : 'enden'} jetzt.`,
};
