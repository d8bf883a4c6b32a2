import type { Response } from 'express';
import type { Answer } from '../pages/answer';
import { link } from '../pages/form';
import { html } from '../pages/html';
import { layout, type Site } from '../pages/layout';
import { send, type Sendable } from '../pages/response';
import type { IdCookie } from '../pages/session-cookie';
import { Navigation } from './navigation';
import { PAGES } from './routes';
import type { Visit } from './visit';

type PageAnswer = Extract<Answer, { readonly kind: 'page' }>;

/** Common parts of all responses of a portal. */
export interface Presentation {
  /** @param mount where the browser finds the portal */
  readonly siteAt: (mount: string) => Site;
  readonly cookie: IdCookie;
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
    body: html`${body}${next !== undefined && html`<p>${link(visit, next.to, next.text)}</p>`}`,
  });

const render = (visit: Visit, answer: Answer, { siteAt }: Presentation): Sendable => {
  if (answer.kind === 'redirect') {
    return { status: 303, type: 'text/plain', text: '', headers: { Location: visit.mount + answer.to } };
  }
  if (answer.kind === 'json') {
    const { status = 200, value } = answer;
    return { status, type: 'application/json', text: JSON.stringify(value), headers: {} };
  }
  const { status = 200, headers = {} } = answer;
  return { status, type: 'text/html; charset=utf-8', text: pageText(visit, answer, siteAt(visit.mount)), headers };
};

/** Sends an answer. @param newId is written to the cookie, unless the answer has an id of its own */
export const sendAnswer = (
  response: Response,
  visit: Visit,
  answer: Answer,
  newId: string | undefined,
  presentation: Presentation,
): void => {
  const { cookie, headersFor } = presentation;
  const id = (answer.kind === 'json' ? undefined : answer.cookie) ?? newId;
  const rendered = render(visit, answer, presentation);
  const headers = {
    ...headersFor(visit.origin),
    ...(id === undefined ? {} : { 'Set-Cookie': cookie.write(id) }),
    ...rendered.headers,
  };
  send(response, { ...rendered, headers });
};
