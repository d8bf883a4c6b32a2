import { html, type Html } from './html';
import type { PageContext } from './form';

/** A page above the current one. */
export interface Crumb {
  /** Path below the mount. */
  readonly to: string;
  readonly text: string;
}

/** Renders the way to a page: the pages above it, then its title. */
export const breadcrumbs = ({ mount }: Pick<PageContext, 'mount'>, above: readonly Crumb[], title: string): Html =>
  html`<nav class="breadcrumbs" aria-label="${title}">
    <ol>
      ${above.map(({ to, text }) => html`<li><a href="${mount}${to}">${text}</a></li>`)}
      <li aria-current="page">${title}</li>
    </ol>
  </nav>`;
