import type { Schema } from '../../access/schema';
import { html, type Content, type Html } from '../../pages/html';
import { prose } from '../../pages/prose';
import type { Texts } from '../../pages/texts/texts';

type ApiTexts = Pick<Texts, 'api'>;

const facts = ({ values, defaultValue, limits }: Schema, { api }: ApiTexts): readonly string[] => [
  ...(values === undefined ? [] : [`${api.values}: ${values.join(', ')}`]),
  ...(defaultValue === undefined ? [] : [`${api.default}: ${defaultValue}`]),
  ...limits,
];

const parts = (schema: Schema, texts: ApiTexts): Content => {
  const { fields, items, alternatives, isCut } = schema;
  const noted = facts(schema, texts);
  return html`${prose(schema.description)} ${noted.length > 0 && html`<p class="hint">${noted.join(' · ')}</p>`}
  ${isCut && html`<p class="hint">${texts.api.cut}</p>`}
  ${
    fields.length > 0 &&
    html`<ul>
      ${fields.map(({ name, isRequired, schema: field }) => node(name, field, texts, isRequired && texts.api.required))}
    </ul>`
  }
  ${
    items !== undefined &&
    html`<ul>
      ${node(texts.api.items, items, texts)}
    </ul>`
  }
  ${
    alternatives.length > 0 &&
    html`<p class="hint">${texts.api.oneOfThese}</p>
      <ul>
        ${alternatives.map((alternative, index) => node(String(index + 1), alternative, texts))}
      </ul>`
  }`;
};

const node = (name: string, schema: Schema, texts: ApiTexts, remark: string | false = false): Html =>
  html`<li><code>${name}</code> <span class="hint">${schema.type} ${remark}</span> ${parts(schema, texts)}</li>`;

/** Renders a schema as a tree: the parts of objects and lists below them. */
export const schemaTree = (schema: Schema, texts: ApiTexts): Html =>
  html`<div class="schema">
    <p class="hint">${schema.type}</p>
    ${parts(schema, texts)}
  </div>`;

/** Returns the type of a simple schema with its values and limits, for a table cell. */
export const schemaLine = (schema: Schema | undefined, texts: ApiTexts): string => {
  if (schema === undefined) return '';
  const type = schema.items === undefined ? schema.type : `${schema.type} (${schemaLine(schema.items, texts)})`;
  return [type, ...facts(schema, texts)].filter((text) => text !== '').join('; ');
};
