import type { Api } from '../../access/api';
import type { Operation } from '../../access/operation';
import { html, type Html } from '../../pages/html';
import { table } from '../../pages/table';
import type { Texts } from '../../pages/texts/texts';

/** Id of the section that explains the refusals of an API. */
const SECTION = 'errors';

/** Returns the refusals that the guard of an operation may send, by status. */
export const refusalsOf = (
  { plans, lifecycle }: Pick<Api, 'plans' | 'lifecycle'>,
  { resource: { access, limit } }: Pick<Operation, 'resource'>,
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

/** Renders the statuses of refusals, with a link to what explains them. */
export const refusalLine = (refusals: ReadonlyMap<string, string>, { api: texts }: Texts): Html =>
  html`${
    refusals.size > 0 &&
    html`<p>
      <a href="#${SECTION}">${texts.errors}</a>: ${[...refusals.keys()].map((status) => html`<code>${status}</code> `)}
    </p>`
  }`;

/** Renders what the refusals of the operations mean, each once. */
export const refusalSection = (api: Api, { api: texts }: Texts): Html => {
  const sentences = new Map<string, Set<string>>();
  for (const operation of api.documentation.operations) {
    for (const [status, sentence] of refusalsOf(api, operation, texts)) {
      sentences.set(status, (sentences.get(status) ?? new Set()).add(sentence));
    }
  }
  if (sentences.size === 0) return html``;
  const rows = [...sentences]
    .sort(([one], [other]) => Number(one) - Number(other))
    .map(([status, all]) => [html`<code>${status}</code>`, html`${[...all].map((one) => html`<p>${one}</p>`)}`]);
  const { responseHeads: heads } = texts;
  return html`<h2 id="${SECTION}">${texts.errors}</h2>
    <p>${texts.errorsOfApi}</p>
    ${table(texts.errorsCaption(api.title), [heads.status, heads.description], rows)}`;
};
