import { scopesIn, type Requirement } from '../../access/requirement';
import type { Resource } from '../../access/resource';
import { html, type Html } from '../../pages/html';
import type { Texts } from '../../pages/texts/texts';

/** Renders a rule over scopes: `All of read, update`, or a nested list. */
const ruleOf = (requirement: Requirement, api: Texts['api']): Html => {
  if (typeof requirement === 'string') return html`<code>${requirement}</code>`;
  const [word, parts] = 'allOf' in requirement ? [api.allOf, requirement.allOf] : [api.anyOf, requirement.anyOf];
  const [only, ...others] = parts;
  if (only !== undefined && others.length === 0) return ruleOf(only, api);
  const isFlat = parts.every((part) => typeof part === 'string');
  return isFlat
    ? html`${word} ${parts.map((part) => html`${ruleOf(part, api)} `)}`
    : html`${word}
        <ul>
          ${parts.map((part) => html`<li>${ruleOf(part, api)}</li>`)}
        </ul>`;
};

/** Renders what a request to a resource requires. */
export const requirementOf = ({ access }: Resource, { api }: Pick<Texts, 'api'>): Html => {
  if (access.kind === 'public') return html`${api.public}`;
  if (access.kind === 'token') return html`${api.anyToken}`;
  return html`${scopesIn(access.requirement).length === 1 && `${api.oneScope} `}${ruleOf(access.requirement, api)}`;
};
