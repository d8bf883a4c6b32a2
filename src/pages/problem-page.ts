import type { OAuthError } from '../protocol/errors';
import type { Answer } from './answer';
import { html } from './html';
import { sentenceOf } from './texts/sentences';
import type { Texts } from './texts/texts';

export type PageAnswer = Extract<Answer, { readonly kind: 'page' }>;
export type ProblemAnswer = Extract<Answer, { readonly kind: 'problem' }>;

/** Creates the answer with an error page. @param text returns its texts in the language of the visitor */
export const problemAnswer = (
  status: number,
  text: ProblemAnswer['text'],
  { headers = {}, next }: Partial<Pick<ProblemAnswer, 'headers' | 'next'>> = {},
): ProblemAnswer => ({ kind: 'problem', status, text, headers, ...(next === undefined ? {} : { next }) });

/** Renders an error page in the language of the visitor. */
export const problemPage = ({ status, text, headers, next }: ProblemAnswer, texts: Texts): PageAnswer => {
  const { title, sentence } = text(texts);
  return {
    kind: 'page',
    shape: 'narrow',
    status,
    title,
    headers,
    body: html`<p role="alert">${sentence}</p>`,
    ...(next === undefined ? {} : { next: { to: next.to, text: next.text(texts) } }),
  };
};

/** Creates the answer for an error response. The page contains only what is public about the error. */
export const errorAnswer = (error: OAuthError, next?: ProblemAnswer['next']): ProblemAnswer => {
  const { status, headers } = error;
  const wait = headers['Retry-After'];
  const text = (texts: Texts): ReturnType<ProblemAnswer['text']> => {
    const { problems } = texts;
    if (status === 503) return problems.unavailable;
    const title = problems.titles[status] ?? problems.unexpected.title;
    const other = problems.sentences[status] ?? problems.unexpected.sentence;
    const sentence = error.problem === undefined ? other : sentenceOf(texts.requests, error.problem);
    return { title, sentence: wait === undefined ? sentence : `${sentence} ${problems.tryAgainIn(Number(wait))}` };
  };
  return problemAnswer(status, text, { headers, ...(next === undefined ? {} : { next }) });
};
