import type { Api } from '../../access/api';
import type { ScopeRules } from '../../access/scope-rules';
import { isLoopbackHost } from '../../pages/origin';
import { form } from '../../pages/form';
import { html, type Content, type Html } from '../../pages/html';
import type { Offer } from '../offer';
import type { PageAnswer } from '../outcome';
import { contextOf, type Visit } from '../visit';

export interface ConsentServices {
  readonly rules: ScopeRules;
  readonly apis: ReadonlyMap<string, Api>;
}

export interface ConsentPage {
  readonly transactionId: string;
  readonly offer: Offer;
  /** Binds the decision to the user and to what the page shows. */
  readonly offerToken: string;
  /** Scopes whose check-boxes are ticked. @default all */
  readonly ticked?: ReadonlySet<string>;
  readonly remark?: Html;
  /** @default 200 */
  readonly status?: number;
}

/** Returns the field name of a scope's check-box. */
export const fieldOf = (scope: string): string => `scope ${scope}`;

/** Describes where the browser goes after the decision. */
const placeOf = (redirectUri: string): Content => {
  const { protocol, host, hostname } = new URL(redirectUri);
  if (protocol !== 'https:' && protocol !== 'http:') {
    return html`the application that opens <code>${protocol}</code> addresses on this device`;
  }
  return isLoopbackHost(hostname) ? 'an application on this computer' : html`<code>${host}</code>`;
};

const box = (scope: string, index: number, isTicked: boolean, description: string | undefined): Html =>
  html`<p class="choice">
    <input
      type="checkbox"
      id="scope-${index}"
      name="${fieldOf(scope)}"
      ${description !== undefined && html`aria-describedby="scope-${index}-hint"`}
      ${isTicked && html`checked`}
    />
    <label for="scope-${index}" class="inline">${scope}</label>
    ${description !== undefined && html`<small id="scope-${index}-hint" class="hint">${description}</small>`}
  </p>`;

const boxes = ({ scopes }: Offer, ticked: ReadonlySet<string>, { rules }: ConsentServices): Html =>
  scopes.length === 0
    ? html`<p>It asks for no permissions.</p>`
    : html`<fieldset>
        <legend>Permissions</legend>
        ${scopes.map((scope, index) => box(scope, index, ticked.has(scope), rules.describe(scope)))}
      </fieldset>`;

const resourcesOf = ({ request: { resources } }: Offer, { apis }: ConsentServices): Html => {
  const titles = resources.map(({ api, identifier }) =>
    api === undefined ? identifier : (apis.get(api)?.title ?? api),
  );
  return html`${titles.length > 0 && html`<p>For: ${titles.join(', ')}</p>`}`;
};

/** Creates the page on which a user decides what an application may do. */
export const consentPage = (
  visit: Visit,
  { transactionId, offer, offerToken, ticked = new Set(offer.scopes), remark, status = 200 }: ConsentPage,
  services: ConsentServices,
): PageAnswer => {
  const { client, redirectUri } = offer.request.recipient;
  const { name } = client.application;
  return {
    kind: 'page',
    status,
    title: `Allow ${name}?`,
    body: html`${remark}
      <p>
        <strong>${name}</strong> asks for access on behalf of <strong>${offer.userName}</strong>.
        <a href="${visit.mount}/sign-in?transaction=${transactionId}">Sign in as another user</a>
      </p>
      ${resourcesOf(offer, services)}
      ${form(
        contextOf(visit, transactionId),
        '/decision',
        html`<input type="hidden" name="transaction" value="${transactionId}" />
          <input type="hidden" name="offer" value="${offerToken}" />
          ${boxes(offer, ticked, services)}
          <p>Your decision is sent to ${placeOf(redirectUri)}.</p>
          <div class="row">
            <button name="decision" value="allow">Allow</button>
            <button name="decision" value="deny">Deny</button>
          </div>`,
      )}`,
  };
};
