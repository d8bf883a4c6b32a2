import type { Request } from 'express';
import type { PageContext } from '../pages/form';
import { formTokenOf, isFormToken } from '../pages/form-token';
import { findListedLanguage, LANGUAGES, type Language } from '../pages/texts/languages';
import type { Texts } from '../pages/texts/texts';
import type { Parameters } from '../protocol/parameters';

/** A request to the authorization endpoint, as its handlers receive it. */
export interface Visit {
  /** As received, for the sign-in of the host application. */
  readonly request: Request;
  /** Public path of the endpoint. */
  readonly mount: string;
  readonly address: string;
  /** Id in the cookie that binds authorization requests to a browser. */
  readonly browserId: string;
  /** True if the browser has not sent that cookie. */
  readonly isNewBrowser: boolean;
  /** Id in the cookie that the pages share, of a session or of a visitor. */
  readonly sessionId: string | undefined;
  /** False if neither the user nor the browser has chosen a language of the pages. */
  readonly isLanguageFound: boolean;
  readonly language: Language;
  readonly texts: Texts;
  /** Form of a POST; empty for a GET. */
  readonly form: Parameters;
}

type Browser = Pick<Visit, 'mount' | 'browserId'>;

const secretOf = ({ browserId }: Pick<Visit, 'browserId'>, transactionId: string): string =>
  `${browserId} ${transactionId}`;

/** Returns the context of the forms of an authorization request. Their token is bound to the request and the browser. */
export const contextOf = (visit: Browser, transactionId: string): PageContext => ({
  mount: visit.mount,
  formToken: formTokenOf(secretOf(visit, transactionId)),
});

/** Checks whether a form belongs to this authorization request and to the browser that sends it. */
export const hasFormToken = (visit: Visit, transactionId: string): boolean =>
  isFormToken(visit.form.get('form_token'), secretOf(visit, transactionId));

/** Returns the visit with the first language of `ui_locales` that the pages have, unless the browser has chosen one. */
export const withLocales = (visit: Visit, locales: string | undefined): Visit => {
  const language = visit.isLanguageFound ? undefined : findListedLanguage(locales);
  return language === undefined ? visit : { ...visit, language, texts: LANGUAGES[language] };
};
