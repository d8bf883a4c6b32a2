import { html, type Content, type Html } from './html';

/** Renders a list that is empty: why, and the next step. @param step a link or a form */
export const emptyState = (text: Content, step?: Content): Html =>
  html`<div class="empty">
    <p>${text}</p>
    ${step !== undefined && html`<p>${step}</p>`}
  </div>`;
