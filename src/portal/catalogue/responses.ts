import type { Api } from '../../access/api';
import type { Operation } from '../../access/operation';
import { html, type Html } from '../../pages/html';
import { prose } from '../../pages/prose';
import { table } from '../../pages/table';
import type { Texts } from '../../pages/texts/texts';
import { contentsOf } from './contents';
import { refusalLine, refusalsOf } from './refusals';

const documented = ({ responses }: Operation, name: string, { api: texts }: Texts): Html => {
  if (responses.length === 0) return html``;
  const { responseHeads: heads } = texts;
  return html`${table(
    texts.responsesOf(name),
    [heads.status, heads.description],
    responses.map(({ status, description }) => [html`<code>${status}</code>`, prose(description)]),
  )}
  ${responses.map(
    ({ status, contents }) =>
      contents.length > 0 &&
      html`<details>
        <summary>${texts.bodyOf(status)}</summary>
        ${contentsOf(contents, texts.bodyOf(status), { api: texts })}
      </details>`,
  )}`;
};

/** Renders the responses of an operation: those of the document, and the statuses of the guard in front of it. */
export const responsesOf = (api: Api, operation: Operation, name: string, texts: Texts): Html => {
  const refusals = refusalsOf(api, operation, texts.api);
  if (operation.responses.length === 0 && refusals.size === 0) return html``;
  return html`<h4>${texts.api.responses}</h4>
    ${documented(operation, name, texts)} ${refusalLine(refusals, texts)}`;
};
