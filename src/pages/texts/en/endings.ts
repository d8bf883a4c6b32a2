import { phrases } from './phrases';

/** The tokens that a text counts: access and refresh tokens as one, or access tokens. */
export type CountedTokens = 'tokens' | 'access-tokens';

const nouns = { tokens: ['token', 'tokens'], 'access-tokens': ['access token', 'access tokens'] } as const;

const tokensOf = (count: number, counted: CountedTokens): string =>
  `${phrases.number(count)} ${nouns[counted][count === 1 ? 0 : 1]}`;

const applicationsOf = (count: number): string =>
  `${phrases.number(count)} ${count === 1 ? 'application' : 'applications'}`;

/** Texts about tokens that end. */
export const endings = {
  none: (counted: CountedTokens) => `No ${nouns[counted][1]} end now.`,
  moreThan: (count: number, counted: CountedTokens) => `More than ${tokensOf(count, counted)} end now.`,
  some: (count: number, counted: CountedTokens, applications: number) =>
    `${tokensOf(count, counted)} of ${applicationsOf(applications)} ${count === 1 ? 'ends' : 'end'} now.`,
};
