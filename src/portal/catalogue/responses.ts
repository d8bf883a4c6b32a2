import type { Api } from '../../access/api';
import type { Operation } from '../../access/operation';
import { html, type Html } from '../../pages/html';
import { prose } from '../../pages/prose';
import { table } from '../../pages/table';
import type { Texts } from '../../pages/texts/texts';
import { contentsOf } from './contents';

/** Returns the refusals that the guard of an operation may send, by status. */
const refusalsOf = (
  { plans, lifecycle }: Api,
  { resource: { access, limit } }: Operation,
  { answers }: Texts['api'],
): ReadonlyMap<string, string> => {
  if (lifecycle.status === 'retired') return new Map([['410', answers.retired]]);
  const isGuarded = access.kind !== 'public';
  const isLimited = limit !== undefined || (isGuarded && plans.length > 0);
  return new Map([
    ...(isGuarded ? ([['401', answers.unauthorized]] as const) : []),
    ...(isGuarded ? ([['403', access.kind === 'scopes' ? answers.forbiddenScope : answers.forbidden]] as const) : []),
    ...(isLimited ? ([['429', answers.tooMany]] as const) : []),
    ...(isGuarded ? ([['503', answers.unavailable]] as const) : []),
  ]);
};

/** Renders the responses of an operation: those of the document, and those of the guard in front of it. */
export const responsesOf = (api: Api, operation: Operation, name: string, { api: texts }: Texts): Html => {
  const refusals = refusalsOf(api, operation, texts);
  const documented = operation.responses.map(({ status, description }) => [
    html`<code>${status}</code>`,
    html`${prose(description)} ${refusals.has(status) && html`<p>${refusals.get(status)}</p>`}`,
  ]);
  const isDocumented = new Set(operation.responses.map(({ status }) => status));
  const others = [...refusals].flatMap(([status, sentence]) =>
    isDocumented.has(status) ? [] : [[html`<code>${status}</code>`, html`<p>${sentence}</p>`]],
  );
  const rows = [...documented, ...others];
  if (rows.length === 0) return html``;
  const { responseHeads: heads } = texts;
  return html`<h4>${texts.responses}</h4>
    ${table(texts.responsesOf(name), [heads.status, heads.description], rows)}
    ${operation.responses.map(
      ({ status, contents }) =>
        contents.length > 0 &&
        html`<details>
          <summary>${texts.bodyOf(status)}</summary>
          ${contentsOf(contents, texts.bodyOf(status), { api: texts })}
        </details>`,
    )}`;
};
