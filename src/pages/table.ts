import { breakable } from './breakable';
import { html, type Content, type Html } from './html';

/**
 * Renders a table. On small screens each row is a card, in which every cell is preceded by its column head. A column
 * without a head holds actions. The ARIA roles are explicit, because browsers drop them if CSS changes the layout.
 */
export const table = (caption: string, heads: readonly string[], rows: readonly (readonly Content[])[]): Html =>
  html`<div class="scroll" tabindex="0" role="region" aria-label="${caption}">
    <table role="table">
      <caption>
        ${caption}
      </caption>
      <thead role="rowgroup">
        <tr role="row">
          ${heads.map((head) => html`<th scope="col" role="columnheader">${head}</th>`)}
        </tr>
      </thead>
      <tbody role="rowgroup">
        ${rows.map(
          (cells) =>
            html`<tr role="row">
              ${cells.map((cell, index) => html`<td role="cell" data-label="${heads[index]}">${typeof cell === 'string' ? breakable(cell) : cell}</td>`)}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
