import { labelsOf } from '../application/application-labels';
import { select } from '../../pages/fields';
import { html, type Html } from '../../pages/html';
import type { Texts } from '../../pages/texts/texts';
import { form } from '../../pages/form';
import type { TokenFor } from './not-granted';
import { submissionField } from '../../pages/submission';
import type { OwnApplication, OwnClient } from '../application/own-applications';
import { scopeBoxes, type TokenChoice } from './scope-boxes';
import type { PortalServices } from '../services';
import type { UserVisit } from '../visit';

/** Returns the value that identifies a client in forms and URLs. */
export const valueOf = ({ application, environment }: OwnClient): string => `${application.id}.${environment}`;

/** Returns a label for each of a user's clients, by its value. */
export const clientLabels = (clients: readonly OwnClient[], texts: Texts): ReadonlyMap<string, string> => {
  const { issuedTokens, myTokens } = texts;
  const labels = labelsOf([...new Set(clients.map(({ application }) => application))], texts);
  return new Map(
    clients.map((client) => [
      valueOf(client),
      issuedTokens.clientLabel(
        labels.get(client.application.id) ?? client.application.name,
        myTokens.environments[client.environment],
      ),
    ]),
  );
};

/** Renders why no token for the application itself can be generated here, or returns `undefined`. */
const whyNotForItself = (application: OwnApplication, { issuedTokens }: Texts): Html | undefined => {
  if (application.public) return html`<p class="hint">${issuedTokens.publicForUsers}</p>`;
  return application.isDeclared ? html`<p class="hint">${issuedTokens.needsSecret}</p>` : undefined;
};

const forWhom = ({ user, texts }: UserVisit, { tokenFor, client }: TokenChoice): Html => {
  const { issuedTokens } = texts;
  const radio = (kind: TokenFor['kind'], text: string): Html =>
    html`<p>
      <input type="radio" id="for-${kind}" name="for" value="${kind}" ${tokenFor.kind === kind && html`checked`} />
      <label for="for-${kind}" class="inline">${text}</label>
    </p>`;
  return html`<fieldset>
    <legend>${issuedTokens.tokenFor}</legend>
    ${radio('user', issuedTokens.forUser(user.username))}
    ${whyNotForItself(client.application, texts) ?? radio('client', issuedTokens.forClient)}
  </fieldset>`;
};

/** Renders the form that chooses the application by GET, so that the page works without JavaScript. */
const chooser = (visit: UserVisit, choice: TokenChoice, labels: ReadonlyMap<string, string>): Html =>
  html`<form method="get" action="${visit.mount}/generate-token" data-choose autocomplete="off">
    ${choice.scopes.size > 0 && html`<input type="hidden" name="scopes" value="${[...choice.scopes].join(' ')}" />`}
    ${select(
      { name: 'client', label: visit.texts.issuedTokens.application, chosen: choice.clientValue },
      [...labels].map(([value, text]) => ({ value, text })),
    )}
    ${forWhom(visit, choice)}
    <p><button class="plain">${visit.texts.issuedTokens.choose}</button></p>
  </form>`;

/** Renders the form that generates a token for the choice, below the one that chooses among the user's clients. */
export const tokenForm = (
  visit: UserVisit,
  choice: TokenChoice,
  clients: readonly OwnClient[],
  services: PortalServices,
): Html => {
  const { issuedTokens, tokens } = visit.texts;
  const labels = clientLabels(clients, visit.texts);
  return html`${chooser(visit, choice, labels)}
  ${form(
    visit,
    '/generate-token',
    submissionField(visit),
    html`<input type="hidden" name="client" value="${choice.clientValue}" />
      <input type="hidden" name="for" value="${choice.tokenFor.kind}" />
      <fieldset id="offer" class="bare">
        <legend>${issuedTokens.scopesFor(labels.get(choice.clientValue) ?? '')}</legend>
        ${scopeBoxes(visit, choice, services)}
        <button>${tokens.generate}</button>
      </fieldset>`,
  )}`;
};
