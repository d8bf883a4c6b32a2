import type { Api } from '../access/api';
import { html, type Html } from '../pages/html';
import { link } from '../pages/form';
import { whyNotGranted, type TokenFor } from './not-granted';
import type { OwnClient } from './own-applications';
import { offerFor, type ScopeGroup } from './scope-offer';
import type { PortalServices } from './services';
import type { UserVisit } from './visit';

/** Returns the field name of a scope's check-box. */
export const fieldOf = (scope: string): string => `scope ${scope}`;

/** Choices of a user on the page Generate token. */
export interface TokenChoice {
  readonly client: OwnClient;
  /** Value that identifies the client in forms and URLs. */
  readonly clientValue: string;
  readonly tokenFor: TokenFor;
  /** Selected scopes. */
  readonly scopes: ReadonlySet<string>;
}

type ScopeServices = Pick<PortalServices, 'apis' | 'guarded' | 'policy' | 'rules'>;

/** Names the other APIs that a scope of a group is for. */
const alsoFor = (scope: string, { title }: ScopeGroup, { client }: TokenChoice, services: ScopeServices): string => {
  const others = services.guarded
    .apisNeeding(scope)
    .filter((name) => client.application.subscriptions.includes(name))
    .map((name) => services.apis.get(name)?.title ?? name)
    .filter((other) => other !== title);
  return others.length === 0 ? '' : ` (also for ${others.join(', ')})`;
};

const box = (scope: string, group: ScopeGroup, choice: TokenChoice, services: ScopeServices): Html => {
  const { rules } = services;
  const id = `scope-${[...rules.names].indexOf(scope)}`;
  const obstacle = whyNotGranted(scope, choice.client, choice.tokenFor, services);
  const hint = `${rules.describe(scope) ?? ''}${alsoFor(scope, group, choice, services)}`.trim();
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
      >${hint}${obstacle !== undefined && html` <span class="obstacle">Cannot be granted: ${obstacle}.</span>`}</small
    >
  </p>`;
};

const selectAll = (visit: UserVisit, group: ScopeGroup, choice: TokenChoice, services: ScopeServices): Html => {
  const { client, clientValue, tokenFor, scopes } = choice;
  const open = group.scopes.filter((scope) => whyNotGranted(scope, client, tokenFor, services) === undefined);
  if (open.length < 2) return html``;
  const query = new URLSearchParams({
    client: clientValue,
    for: tokenFor.kind,
    scopes: [...new Set([...scopes, ...open])].join(' '),
  });
  return html`<p>${link(visit, `/generate-token?${query.toString()}`, `Select all of ${group.title}`)}</p>`;
};

const groupBoxes = (visit: UserVisit, group: ScopeGroup, choice: TokenChoice, services: ScopeServices): Html =>
  html`<fieldset>
    <legend>${group.title}</legend>
    ${
      group.hasNoSandbox &&
      html`<p class="notice wrong">
        ${group.title} has no sandbox: it refuses every token of a sandbox key (403). Use the production key.
      </p>`
    }
    ${group.scopes.length === 0 && html`<p class="hint">No scopes beyond those listed above.</p>`}
    ${group.scopes.map((scope) => box(scope, group, choice, services))} ${selectAll(visit, group, choice, services)}
  </fieldset>`;

const unsubscribedApis = (visit: UserVisit, apis: readonly Api[], { guarded }: ScopeServices): Html =>
  html`<details>
    <summary>Not subscribed (${apis.length === 1 ? '1 API' : `${apis.length.toLocaleString('en')} APIs`})</summary>
    <ul>
      ${apis.map(
        ({ name, title }) =>
          html`<li>
            ${title}: ${guarded.ofApi(name).map((scope) => html`<code>${scope}</code> `)}
            ${link(visit, `/apis#api-${name}`, html`Subscribe<span class="spoken"> to ${title}</span>`)}
          </li>`,
      )}
    </ul>
  </details>`;

/** Renders check-boxes for an application's scopes, by API. Those that cannot be granted are disabled and explained. */
export const scopeBoxes = (visit: UserVisit, choice: TokenChoice, services: ScopeServices): Html => {
  const { groups, unsubscribed } = offerFor(choice.client, services);
  return html`${groups.map((group) => groupBoxes(visit, group, choice, services))}
  ${
    groups.length === 0 &&
    html`<p>
      ${choice.client.application.name} is not subscribed to any API, so there are no scopes to choose from.
      ${link(visit, '/apis', 'Subscribe to an API')}.
    </p>`
  }
  ${unsubscribed.length > 0 && unsubscribedApis(visit, unsubscribed, services)}`;
};
