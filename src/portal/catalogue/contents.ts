import type { Content as Representation } from '../../access/operation';
import { html, type Html } from '../../pages/html';
import type { Texts } from '../../pages/texts/texts';
import { schemaTree } from './schema-tree';

/** Renders the representations of a body: the example, and the schema folded away. @param what is described, for the labels */
export const contentsOf = (contents: readonly Representation[], what: string, texts: Pick<Texts, 'api'>): Html =>
  html`${contents.map(
    ({ mediaType, example, schema }) =>
      html`<p><code>${mediaType}</code></p>
        ${
          example !== undefined &&
          html`<pre tabindex="0" role="group" aria-label="${texts.api.exampleOf(`${what}, ${mediaType}`)}">
${example}</pre>`
        }
        ${
          schema !== undefined &&
          html`<details>
            <summary>${texts.api.schema}</summary>
            ${schemaTree(schema, texts)}
          </details>`
        }`,
  )}`;
