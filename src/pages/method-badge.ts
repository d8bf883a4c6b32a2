import { html, type Html } from './html';

/** Renders the method of an HTTP request, in a colour for each kind of method. */
export const methodBadge = (method: string): Html =>
  html`<span class="method" data-method="${method}">${method}</span>`;
