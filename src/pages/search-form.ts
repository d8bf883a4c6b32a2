import type { PageContext } from './form';
import { html, type Content, type Html } from './html';

/** A form that filters the list of a page by GET, so that it works without JavaScript and can be bookmarked. */
export interface SearchForm {
  /** Path of the page below the mount. */
  readonly path: string;
  /** Name of the field, such as "Search APIs". */
  readonly label: string;
  readonly value: string;
  readonly button: string;
  /** Other filters, such as a select. */
  readonly filters?: Content;
}

/** Renders a search form. Its parameter is `q`. */
export const searchForm = (
  { mount }: Pick<PageContext, 'mount'>,
  { path, label, value, button, filters }: SearchForm,
): Html =>
  html`<form method="get" action="${mount}${path}" role="search" class="search">
    <div class="row">
      <p class="field">
        <label for="q">${label}</label>
        <input id="q" name="q" type="search" value="${value}" maxlength="100" autocomplete="off" />
      </p>
      ${filters}
      <button class="plain">${button}</button>
    </div>
  </form>`;
