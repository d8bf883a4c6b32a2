import type { OAuthError } from '../protocol/errors';
import type { Answer } from './answer';
import { durationOf } from './duration';
import { html } from './html';

type PageAnswer = Extract<Answer, { readonly kind: 'page' }>;

/** Creates a page with one sentence about an error. */
export const problemPage = (
  status: number,
  title: string,
  sentence: string,
  { headers = {}, next }: Pick<PageAnswer, 'headers' | 'next'> = {},
): PageAnswer => ({
  kind: 'page',
  status,
  title,
  headers,
  body: html`<p role="alert">${sentence}</p>`,
  ...(next === undefined ? {} : { next }),
});

const TITLES: Readonly<Record<number, string>> = {
  400: 'Invalid request',
  408: 'Request timed out',
  413: 'Request too large',
  415: 'Invalid request',
  429: 'Too many attempts',
};

/** Creates the page of an error response. It contains only what is public about the error. */
export const errorPage = ({ status, message, headers }: OAuthError, next?: PageAnswer['next']): PageAnswer => {
  const extras = { headers, ...(next === undefined ? {} : { next }) };
  if (status === 503) return problemPage(503, 'Temporarily unavailable', 'Please try again in a moment.', extras);
  const wait = headers['Retry-After'];
  const sentence = wait === undefined ? message : `${message} Try again in ${durationOf(Number(wait))}.`;
  return problemPage(status, TITLES[status] ?? 'Something went wrong', sentence, extras);
};
