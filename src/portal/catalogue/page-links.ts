import { link } from '../../pages/form';
import { html, type Html } from '../../pages/html';
import type { Visit } from '../visit';
import type { CataloguePage } from './catalogue';

/** Renders how many APIs a search has found, and the links to the pages before and after this one. */
export const pageLinks = (visit: Visit, { apis, total, page, pages, first }: CataloguePage): Html => {
  const { texts, query, path } = visit;
  const to = (number: number): string => {
    const parameters = new URLSearchParams([...query].filter(([name]) => name !== 'page'));
    parameters.set('page', String(number));
    return `${path}?${parameters.toString()}`;
  };
  const counted = pages === 1 ? texts.apis.found(total) : texts.apis.shown(first, first + apis.length - 1, total);
  return html`<nav class="pages" aria-label="${texts.apis.pages}">
    <p>
      ${counted} ${page > 1 && html`· ${link(visit, to(page - 1), texts.apis.previousPage)}`}
      ${page < pages && html`· ${link(visit, to(page + 1), texts.apis.nextPage)}`}
    </p>
  </nav>`;
};
