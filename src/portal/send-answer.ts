import type { Response } from 'express';
import type { Answer } from '../pages/answer';
import { html } from '../pages/html';
import type { LanguageCookie } from '../pages/language-cookie';
import { languageChoice } from '../pages/language-choice';
import { layout, type Site } from '../pages/layout';
import { problemPage, type PageAnswer } from '../pages/problem-page';
import { send, type Sendable } from '../pages/response';
import type { IdCookie } from '../pages/session-cookie';
import { Navigation } from './navigation';
import { PAGES } from './routes';
import type { Visit } from './visit';

/** Common parts of all responses of a portal. */
export interface Presentation {
  /** @param mount where the browser finds the portal */
  readonly siteAt: (mount: string) => Site;
  readonly cookie: IdCookie;
  readonly languageCookie: LanguageCookie;
  readonly headersFor: (origin: string) => Readonly<Record<string, string>>;
}

const navigation = new Navigation(PAGES);

const pageText = (visit: Visit, { title, body, next, shape = 'wide' }: PageAnswer, site: Site): string =>
  layout({
    site,
    title,
    shape,
    language: visit.language,
    texts: visit.texts,
    navigation: shape === 'narrow' && visit.user === undefined ? html`` : navigation.render(visit),
    body: html`${body}${next !== undefined && html`<p><a class="button" href="${visit.mount}${next.to}">${next.text}</a></p>`}`,
    footer: languageChoice(visit),
  });

const render = (visit: Visit, answer: Answer, { siteAt }: Presentation): Sendable => {
  if (answer.kind === 'redirect') {
    return { status: 303, type: 'text/plain', text: '', headers: { Location: visit.mount + answer.to } };
  }
  if (answer.kind === 'json') {
    const { status = 200, value } = answer;
    return { status, type: 'application/json', text: JSON.stringify(value), headers: {} };
  }
  if (answer.kind === 'file') {
    const { status = 200, name, type, text } = answer;
    return { status, type, text, headers: { 'Content-Disposition': `attachment; filename="${name}"` } };
  }
  const shown = answer.kind === 'problem' ? problemPage(answer, visit.texts) : answer;
  const { status = 200, headers = {} } = shown;
  return {
    status,
    type: 'text/html; charset=utf-8',
    text: pageText(visit, shown, siteAt(visit.mount)),
    headers: { ...headers, 'Content-Language': visit.language },
  };
};

/** Sends an answer. @param newId is written to the cookie, unless the answer has an id of its own */
export const sendAnswer = (
  response: Response,
  visit: Visit,
  answer: Answer,
  newId: string | undefined,
  presentation: Presentation,
): void => {
  const { cookie, languageCookie, headersFor } = presentation;
  const id = ('cookie' in answer ? answer.cookie : undefined) ?? newId;
  const rendered = render(visit, answer, presentation);
  if (id !== undefined) response.appendHeader('Set-Cookie', cookie.write(id));
  if (answer.kind === 'redirect' && answer.language !== undefined) {
    response.appendHeader('Set-Cookie', languageCookie.write(answer.language));
  }
  send(response, { ...rendered, headers: { ...headersFor(visit.origin), ...rendered.headers } });
};
