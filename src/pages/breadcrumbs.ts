import type { PageContext } from './form';
import { html, type Html } from './html';
import type { Texts } from './texts/texts';

/** A page above the current one. */
export interface Crumb {
  /** Path below the mount. */
  readonly to: string;
  readonly text: string;
}

/** A page that shows breadcrumbs. */
interface CrumbContext extends Pick<PageContext, 'mount'> {
  readonly texts: Pick<Texts, 'frame'>;
}

/**
 * Renders the way to a page: the pages above it, then its title. It is a list and not another navigation, so that a
 * page has one landmark with links to the main pages.
 */
export const breadcrumbs = ({ mount, texts }: CrumbContext, above: readonly Crumb[], title: string): Html =>
  html`<ol class="breadcrumbs" aria-label="${texts.frame.breadcrumbs}">
    ${above.map(({ to, text }) => html`<li><a href="${mount}${to}">${text}</a></li>`)}
    <li><span aria-current="page">${title}</span></li>
  </ol>`;
