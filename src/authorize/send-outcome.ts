import type { Response } from 'express';
import { html } from '../pages/html';
import { layout } from '../pages/layout';
import { problemPage, type PageAnswer } from '../pages/problem-page';
import { send, type Sendable } from '../pages/response';
import { LANGUAGES, type Language } from '../pages/texts/languages';
import { pageHeaders } from '../pages/security-headers';
import { assets } from './assets/assets';
import { addressOf, sourcesOf, type AuthorizationResponse } from './authorization-response';
import type { Outcome } from './outcome';
import { formPost } from './pages/form-post';

/** Common parts of all pages of an authorization endpoint. */
export interface Presentation {
  /** Public path of the endpoint. */
  readonly mount: string;
  /** Title of all pages. */
  readonly title: string;
  readonly language: Language;
}

type Script = 'page.js' | 'submit.js';

const pageText = (
  { title, body }: PageAnswer,
  script: Script,
  { mount, title: siteTitle, language }: Presentation,
): string =>
  layout({
    site: {
      title: siteTitle,
      files: {
        icon: assets.urlOf(mount, 'icon.svg'),
        stylesheet: assets.urlOf(mount, 'page.css'),
        script: assets.urlOf(mount, script),
      },
    },
    title,
    shape: 'narrow',
    language,
    texts: LANGUAGES[language],
    navigation: html``,
    body,
  });

const redirectTo = (address: string): Sendable => ({
  status: 303, // never 307, which would send the user's password on (RFC 9700 §4.12)
  type: 'text/plain',
  text: '',
  headers: { Location: address, 'Referrer-Policy': 'no-referrer' },
});

const htmlPage = (
  page: PageAnswer,
  script: Script,
  formsTo: string | undefined,
  presentation: Presentation,
): Sendable => ({
  status: page.status ?? 200,
  type: 'text/html; charset=utf-8',
  text: pageText(page, script, presentation),
  headers: {
    ...pageHeaders({ formsTo }),
    'Content-Language': presentation.language,
    ...page.headers,
  },
});

const responseOf = (response: AuthorizationResponse, presentation: Presentation): Sendable => {
  const { recipient } = response;
  if (recipient.responseMode === 'query') return redirectTo(addressOf(response));
  const texts = LANGUAGES[presentation.language];
  const page: PageAnswer = { kind: 'page', title: texts.authorize.back, body: formPost(response, texts) };
  return htmlPage(page, 'submit.js', sourcesOf(recipient), presentation);
};

const render = (outcome: Outcome, presentation: Presentation): Sendable => {
  if (outcome.kind === 'redirect') return redirectTo(outcome.to);
  if (outcome.kind === 'response') return responseOf(outcome.response, presentation);
  const { page, formsTo, language = presentation.language } = outcome;
  const shown = page.kind === 'problem' ? problemPage(page, LANGUAGES[language]) : page;
  return htmlPage(shown, 'page.js', formsTo, { ...presentation, language });
};

/** Sends an outcome. */
export const sendOutcome = (response: Response, outcome: Outcome, presentation: Presentation): void => {
  if (outcome.kind !== 'response') {
    for (const cookie of outcome.cookies ?? []) response.appendHeader('Set-Cookie', cookie);
  }
  send(response, render(outcome, presentation));
};
