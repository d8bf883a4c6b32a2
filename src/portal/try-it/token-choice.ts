import type { Api } from '../../access/api';
import { select } from '../../pages/fields';
import { link } from '../../pages/form';
import { html, type Html } from '../../pages/html';
import { subscribePath } from '../catalogue/paths';
import type { OwnClient } from '../application/own-applications';
import { clientLabels, valueOf } from '../tokens/token-form';
import type { UserVisit } from '../visit';

/** The clients that Try it may get a token for. */
export interface TokenChoices {
  readonly clients: readonly OwnClient[];
  /** The one whose keys the page shows, so that nothing is left to choose. */
  readonly only?: OwnClient | undefined;
}

const isSubscribed = ({ application }: OwnClient, { name }: Api): boolean => application.subscriptions.includes(name);

/** Returns how little a client is suited for an API: one with a subscription and a production key is the best. */
const rankOf = (client: OwnClient, api: Api): number =>
  (isSubscribed(client, api) ? 0 : 2) + (client.environment === 'production' ? 0 : 1);

const clientField = (visit: UserVisit, api: Api, { clients, only }: TokenChoices): Html => {
  if (only !== undefined) return html`<input type="hidden" id="try-client" value="${valueOf(only)}" />`;
  const labels = clientLabels(clients, visit.texts);
  const sorted = [...clients].sort((one, other) => rankOf(one, api) - rankOf(other, api));
  return select(
    { name: 'client', label: visit.texts.tryItPanel.application },
    sorted.map((client) => ({ value: valueOf(client), text: labels.get(valueOf(client)) ?? '' })),
    'try-client',
  );
};

const tokenForField = ({ texts: { tryItPanel }, user }: UserVisit): Html =>
  select(
    { name: 'for', label: tryItPanel.tokenFor },
    [
      { value: 'user', text: tryItPanel.forUser(user.username) },
      { value: 'client', text: tryItPanel.forClient },
    ],
    'try-for',
  );

/** Renders the part of the form that gets a token, or the step that has to be taken before. */
export const tokenChoice = (visit: UserVisit, api: Api, choices: TokenChoices): Html => {
  const { tryItPanel, issuedTokens } = visit.texts;
  const clients = choices.only === undefined ? choices.clients : [choices.only];
  if (clients.length === 0) {
    return html`<p class="hint">
      ${tryItPanel.noClient} ${link(visit, subscribePath(api), tryItPanel.subscribe(api.title))}.
    </p>`;
  }
  const hint =
    !clients.some((client) => isSubscribed(client, api)) &&
    html`<p class="hint">
      ${tryItPanel.noneSubscribed(api.title)} ${link(visit, subscribePath(api), tryItPanel.subscribe(api.title))}.
    </p>`;
  const isPublic = clients.every(({ application }) => application.public || application.isDeclared);
  return html`${hint}
    <div class="row">
      ${clientField(visit, api, choices)}
      ${isPublic ? html`<input type="hidden" id="try-for" value="user" />` : tokenForField(visit)}
      <button type="button" id="get-token" class="plain">${tryItPanel.getToken}</button>
    </div>
    <p id="token-state" role="status"></p>
    <noscript>${link(visit, '/generate-token', issuedTokens.another)}</noscript>`;
};
