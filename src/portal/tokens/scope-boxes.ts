import type { Api } from '../../access/api';
import { html, type Html } from '../../pages/html';
import { link } from '../../pages/form';
import { whyNotGranted, type TokenTarget } from './not-granted';
import { offerFor, type ScopeGroup } from './scope-offer';
import type { PortalServices } from '../services';
import type { Texts } from '../../pages/texts/texts';
import { subscribePath } from '../catalogue/paths';
import type { UserVisit } from '../visit';

/** Returns the field name of a scope's check-box. */
export const fieldOf = (scope: string): string => `scope ${scope}`;

/** Choices of a user on the page Generate token. */
export interface TokenChoice extends TokenTarget {
  /** Value that identifies the client in forms and URLs. */
  readonly clientValue: string;
  /** Selected scopes. */
  readonly scopes: ReadonlySet<string>;
}

type ScopeServices = Pick<PortalServices, 'apis' | 'guarded' | 'policy' | 'rules'>;

/** Names the other APIs that a scope of a group is for. */
const othersWith = (
  scope: string,
  { title }: ScopeGroup,
  { client }: TokenChoice,
  services: ScopeServices,
): readonly string[] =>
  services.guarded
    .apisNeeding(scope)
    .filter((name) => client.application.subscriptions.includes(name))
    .map((name) => services.apis.get(name)?.title ?? name)
    .filter((other) => other !== title);

/** Context of the check-boxes of one form. */
interface BoxesOf {
  readonly visit: UserVisit;
  readonly choice: TokenChoice;
  readonly services: ScopeServices;
}

const obstacleTo = (scope: string, { visit, choice, services }: BoxesOf): string | undefined =>
  whyNotGranted(scope, choice, services, visit.texts);

const box = (scope: string, group: ScopeGroup, boxes: BoxesOf): Html => {
  const { visit, choice, services } = boxes;
  const { issuedTokens, phrases } = visit.texts;
  const { rules } = services;
  const id = `scope-${[...rules.names].indexOf(scope)}`;
  const obstacle = obstacleTo(scope, boxes);
  const others = othersWith(scope, group, choice, services);
  const also = others.length === 0 ? undefined : issuedTokens.alsoFor(phrases.list(others));
  const hint = [rules.describe(scope), also].filter((part) => part !== undefined).join(' ');
  return html`<p class="choice">
    <input
      type="checkbox"
      id="${id}"
      name="${fieldOf(scope)}"
      aria-describedby="${id}-hint"
      ${obstacle === undefined && choice.scopes.has(scope) && html`checked`}
      ${obstacle !== undefined && html`disabled`}
    />
    <label for="${id}" class="inline">${scope}</label>
    <small id="${id}-hint" class="hint"
      >${hint}${obstacle !== undefined && html` <span class="obstacle">${issuedTokens.cannotBeGranted(obstacle)}</span>`}</small
    >
  </p>`;
};

const selectAll = (group: ScopeGroup, boxes: BoxesOf): Html => {
  const { visit, choice } = boxes;
  const { clientValue, tokenFor, scopes } = choice;
  const open = group.scopes.filter((scope) => obstacleTo(scope, boxes) === undefined);
  if (open.length < 2) return html``;
  const query = new URLSearchParams({
    client: clientValue,
    for: tokenFor.kind,
    scopes: [...new Set([...scopes, ...open])].join(' '),
  });
  return html`<p>
    ${link(visit, `/generate-token?${query.toString()}`, visit.texts.issuedTokens.selectAll(group.title))}
  </p>`;
};

const titleOf = ({ issuedTokens }: Texts, { title, kind }: ScopeGroup): string =>
  kind === 'api' ? title : issuedTokens[kind];

const groupBoxes = (group: ScopeGroup, boxes: BoxesOf): Html => {
  const { texts } = boxes.visit;
  const title = titleOf(texts, group);
  return html`<fieldset>
    <legend>${title}</legend>
    ${group.hasNoSandbox && html`<p class="notice wrong">${texts.issuedTokens.noSandbox(title)}</p>`}
    ${group.scopes.length === 0 && html`<p class="hint">${texts.issuedTokens.noFurtherScopes}</p>`}
    ${group.scopes.map((scope) => box(scope, group, boxes))} ${selectAll(group, boxes)}
  </fieldset>`;
};

const unsubscribedApis = (visit: UserVisit, apis: readonly Api[], { guarded }: ScopeServices): Html => {
  const { issuedTokens, phrases } = visit.texts;
  return html`<details>
    <summary>${issuedTokens.notSubscribed(phrases.number(apis.length), apis.length === 1)}</summary>
    <ul>
      ${apis.map(
        ({ name, title }) =>
          html`<li>
            ${title}: ${guarded.ofApi(name).map((scope) => html`<code>${scope}</code> `)}
            ${link(visit, subscribePath({ name }), html`${issuedTokens.subscribe} <span class="spoken">${issuedTokens.subscribeTo(title)}</span>`)}
          </li>`,
      )}
    </ul>
  </details>`;
};

/** Renders check-boxes for an application's scopes, by API. Those that cannot be granted are disabled and explained. */
export const scopeBoxes = (visit: UserVisit, choice: TokenChoice, services: ScopeServices): Html => {
  const { groups, unsubscribed } = offerFor(choice.client, services);
  const { issuedTokens } = visit.texts;
  return html`${groups.map((group) => groupBoxes(group, { visit, choice, services }))}
  ${
    groups.length === 0 &&
    html`<p>
      ${issuedTokens.noSubscription(choice.client.application.name)}
      ${link(visit, '/apis', issuedTokens.subscribeToApi)}.
    </p>`
  }
  ${unsubscribed.length > 0 && unsubscribedApis(visit, unsubscribed, services)}`;
};
