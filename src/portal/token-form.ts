import { labelsOf } from './application-labels';
import { select } from '../pages/fields';
import { html, type Html } from '../pages/html';
import { form } from '../pages/form';
import type { TokenFor } from './not-granted';
import { submissionField } from '../pages/submission';
import type { OwnApplication, OwnClient } from './own-applications';
import { scopeBoxes, type TokenChoice } from './scope-boxes';
import type { PortalServices } from './services';
import type { PortalUser, UserVisit } from './visit';

/** Returns the value that identifies a client in forms and URLs. */
export const valueOf = ({ application, environment }: OwnClient): string => `${application.id}.${environment}`;

const clientLabels = (clients: readonly OwnClient[]): ReadonlyMap<string, string> => {
  const labels = labelsOf([...new Set(clients.map(({ application }) => application))]);
  return new Map(
    clients.map((client) => [
      valueOf(client),
      `${labels.get(client.application.id) ?? client.application.name} (${client.environment})`,
    ]),
  );
};

/** Renders why no token for the application itself can be generated here, or returns `undefined`. */
const whyNotForItself = (application: OwnApplication): Html | undefined => {
  if (application.public) return html`<p class="hint">A public application gets tokens for its users only.</p>`;
  if (!application.isDeclared) return undefined;
  return html`<p class="hint">
    A token for this application itself needs its secret: request it at the token endpoint.
  </p>`;
};

const forWhom = ({ username }: PortalUser, { tokenFor, client }: TokenChoice): Html => {
  const radio = (kind: TokenFor['kind'], text: string): Html =>
    html`<p>
      <input type="radio" id="for-${kind}" name="for" value="${kind}" ${tokenFor.kind === kind && html`checked`} />
      <label for="for-${kind}" class="inline">${text}</label>
    </p>`;
  return html`<fieldset>
    <legend>Token for</legend>
    ${radio('user', `Me (${username})`)}
    ${whyNotForItself(client.application) ?? radio('client', 'No user (client credentials)')}
  </fieldset>`;
};

/** Renders the form that chooses the application by GET, so that the page works without JavaScript. */
const chooser = (visit: UserVisit, choice: TokenChoice, labels: ReadonlyMap<string, string>): Html =>
  html`<form method="get" action="${visit.mount}/generate-token" data-choose autocomplete="off">
    ${choice.scopes.size > 0 && html`<input type="hidden" name="scopes" value="${[...choice.scopes].join(' ')}" />`}
    ${select(
      { name: 'client', label: 'Application', chosen: choice.clientValue },
      [...labels].map(([value, text]) => ({ value, text })),
    )}
    ${forWhom(visit.user, choice)}
    <p><button class="plain">Choose</button></p>
  </form>`;

/** Renders the form that generates a token for the choice, below the one that chooses among the user's clients. */
export const tokenForm = (
  visit: UserVisit,
  choice: TokenChoice,
  clients: readonly OwnClient[],
  services: PortalServices,
): Html => {
  const labels = clientLabels(clients);
  return html`${chooser(visit, choice, labels)}
  ${form(
    visit,
    '/generate-token',
    submissionField(visit),
    html`<input type="hidden" name="client" value="${choice.clientValue}" />
      <input type="hidden" name="for" value="${choice.tokenFor.kind}" />
      <fieldset id="offer" class="bare">
        <legend>Scopes for ${labels.get(choice.clientValue)}</legend>
        ${scopeBoxes(visit, choice, services)}
        <button>Generate token</button>
      </fieldset>`,
  )}`;
};
