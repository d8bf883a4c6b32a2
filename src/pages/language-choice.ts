import { form, type PageContext } from './form';
import { html, type Html } from './html';
import { LANGUAGE_TAGS, LANGUAGES, type Language } from './texts/languages';

/** A page that offers other languages. */
export interface LanguageContext extends PageContext {
  readonly language: Language;
  /** Path and query of the page, below the mount. Absent for an answer to a form, which cannot be opened again. */
  readonly pageAddress: string | undefined;
  /** True if the portal has one language for all users. */
  readonly isLanguageFixed: boolean;
}

/** Path of the form that sets the language, below the mount. */
export const LANGUAGE_PATH = '/language';

const button = (tag: Language): Html =>
  html`<button class="plain" name="language" value="${tag}" lang="${tag}">
    ${LANGUAGES[tag].phrases.languageName}
  </button>`;

/** Renders a button for each other language, named in that language; nothing if there is no choice. */
export const languageChoice = (page: LanguageContext): Html => {
  const { pageAddress, language, isLanguageFixed } = page;
  if (pageAddress === undefined || isLanguageFixed) return html``;
  return form(
    page,
    LANGUAGE_PATH,
    html`<input type="hidden" name="return" value="${pageAddress}" />`,
    html`<p class="row" role="group" aria-label="${LANGUAGES[language].phrases.language}">
      ${LANGUAGE_TAGS.filter((tag) => tag !== language).map(button)}
    </p>`,
  );
};
