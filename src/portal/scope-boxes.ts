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

/** Renders check-boxes for an application's scopes, by API. Those that cannot be granted are disabled and explained. */
export const scopeBoxes = (visit: UserVisit, choice: TokenChoice, services: PortalServices): Html => {
  const { rules, guarded, apis } = services;
  const { client, clientValue, tokenFor, scopes } = choice;
  const names = [...rules.names];
  const obstacleOf = (scope: string): string | undefined => whyNotGranted(scope, client, tokenFor, services);

  const alsoFor = (scope: string, title: string): string => {
    const titles = guarded
      .apisNeeding(scope)
      .filter((name) => client.application.subscriptions.includes(name))
      .map((name) => apis.get(name)?.title ?? name);
    const others = titles.filter((other) => other !== title);
    return others.length === 0 ? '' : ` (also for ${others.join(', ')})`;
  };

  const box = (scope: string, { title }: ScopeGroup): Html => {
    const id = `scope-${names.indexOf(scope)}`;
    const obstacle = obstacleOf(scope);
    const hint = `${rules.describe(scope) ?? ''}${alsoFor(scope, title)}`.trim();
    return html`<p>
      <input
        type="checkbox"
        id="${id}"
        name="${fieldOf(scope)}"
        aria-describedby="${id}-hint"
        ${obstacle === undefined && scopes.has(scope) && html`checked`}
        ${obstacle !== undefined && html`disabled`}
      />
      <label for="${id}" class="inline">${scope}</label>
      <small id="${id}-hint" class="hint"
        >${hint}${obstacle !== undefined && html` <span class="obstacle">Cannot be granted: ${obstacle}.</span>`}</small
      >
    </p>`;
  };

  const selectAll = (group: ScopeGroup): Html => {
    const open = group.scopes.filter((scope) => obstacleOf(scope) === undefined);
    if (open.length < 2) return html``;
    const query = new URLSearchParams({
      client: clientValue,
      for: tokenFor.kind,
      scopes: [...new Set([...scopes, ...open])].join(' '),
    });
    return html`<p>${link(visit, `/generate-token?${query.toString()}`, `Select all of ${group.title}`)}</p>`;
  };

  const { groups, unsubscribed } = offerFor(client, services);
  return html`${groups.map(
    (group) =>
      html`<fieldset>
        <legend>${group.title}</legend>
        ${
          group.hasNoSandbox &&
          html`<p class="notice wrong">
            ${group.title} has no sandbox: it refuses every token of a sandbox key (403). Use the production key.
          </p>`
        }
        ${group.scopes.length === 0 && html`<p class="hint">No scopes beyond those listed above.</p>`}
        ${group.scopes.map((scope) => box(scope, group))} ${selectAll(group)}
      </fieldset>`,
  )}
  ${
    groups.length === 0 &&
    html`<p>
      ${client.application.name} is not subscribed to any API, so there are no scopes to choose from.
      ${link(visit, '/apis', 'Subscribe to an API')}.
    </p>`
  }
  ${
    unsubscribed.length > 0 &&
    html`<details>
      <summary>
        Not subscribed (${unsubscribed.length === 1 ? '1 API' : `${unsubscribed.length.toLocaleString('en')} APIs`})
      </summary>
      <ul>
        ${unsubscribed.map(
          ({ name, title }) =>
            html`<li>
              ${title}: ${guarded.ofApi(name).map((scope) => html`<code>${scope}</code> `)}
              ${link(visit, `/apis#api-${name}`, html`Subscribe<span class="spoken"> to ${title}</span>`)}
            </li>`,
        )}
      </ul>
    </details>`
  }`;
};
