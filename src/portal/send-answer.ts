import type { Response } from 'express';
import type { Answer } from '../pages/answer';
import { link } from '../pages/form';
import { html } from '../pages/html';
import { layout } from '../pages/layout';
import { send, type Sendable } from '../pages/response';
import type { IdCookie } from '../pages/session-cookie';
import { assetUrls } from './assets/assets';
import { navigation } from './navigation';
import { PAGES } from './routes';
import type { Visit } from './visit';

type PageAnswer = Extract<Answer, { readonly kind: 'page' }>;

/** Common parts of all responses of a portal. */
export interface Presentation {
  /** Title of the portal. */
  readonly title: string;
  readonly cookie: IdCookie;
  readonly headersFor: (origin: string) => Readonly<Record<string, string>>;
}

const pageText = (visit: Visit, { title, body, next }: PageAnswer, siteTitle: string): string =>
  layout({
    title,
    siteTitle,
    language: visit.language,
    texts: visit.texts,
    files: assetUrls(visit.mount),
    navigation: navigation(visit, PAGES),
    body: html`${body}${next !== undefined && html`<p>${link(visit, next.to, next.text)}</p>`}`,
  });

const render = (visit: Visit, answer: Answer, siteTitle: string): Sendable => {
  if (answer.kind === 'redirect') {
    return { status: 303, type: 'text/plain', text: '', headers: { Location: visit.mount + answer.to } };
  }
  if (answer.kind === 'json') {
    const { status = 200, value } = answer;
    return { status, type: 'application/json', text: JSON.stringify(value), headers: {} };
  }
  const { status = 200, headers = {} } = answer;
  return { status, type: 'text/html; charset=utf-8', text: pageText(visit, answer, siteTitle), headers };
};

/** Sends an answer. @param newId is written to the cookie, unless the answer has an id of its own */
export const sendAnswer = (
  response: Response,
  visit: Visit,
  answer: Answer,
  newId: string | undefined,
  { title, cookie, headersFor }: Presentation,
): void => {
  const id = (answer.kind === 'json' ? undefined : answer.cookie) ?? newId;
  const rendered = render(visit, answer, title);
  const headers = {
    ...headersFor(visit.origin),
    ...(id === undefined ? {} : { 'Set-Cookie': cookie.write(id) }),
    ...rendered.headers,
  };
  send(response, { ...rendered, headers });
};
