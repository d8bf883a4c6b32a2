import type { Operation } from '../../access/operation';
import { badge } from '../../pages/badge';
import { html, type Html } from '../../pages/html';
import { prose } from '../../pages/prose';
import { table } from '../../pages/table';
import type { Texts } from '../../pages/texts/texts';
import { schemaLine } from './schema-tree';

/** Renders the parameters of an operation; nothing if it has none. */
export const parameterTable = ({ parameters }: Operation, name: string, texts: Pick<Texts, 'api'>): Html => {
  if (parameters.length === 0) return html``;
  const { parameterHeads: heads, places } = texts.api;
  const rows = parameters.map((parameter) => [
    html`<code>${parameter.name}</code>
      <span class="hint">${parameter.isRequired ? texts.api.required : texts.api.optional}</span>
      ${parameter.isDeprecated && badge('warning', texts.api.deprecated)}`,
    places[parameter.in],
    schemaLine(parameter.schema, texts),
    html`${prose(parameter.description ?? parameter.schema?.description)}
    ${parameter.example !== undefined && html`<p class="hint">${texts.api.example}: <code>${parameter.example}</code></p>`}`,
  ]);
  return html`<h4>${texts.api.parameters}</h4>
    ${table(texts.api.parametersOf(name), [heads.name, heads.in, heads.type, heads.description], rows)}`;
};
