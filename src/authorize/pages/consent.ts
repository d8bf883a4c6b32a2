import type { Api } from '../../access/api';
import type { ScopeRules } from '../../access/scope-rules';
import { isLoopbackHost } from '../../pages/origin';
import { form } from '../../pages/form';
import { html, type Content, type Html } from '../../pages/html';
import type { Offer } from '../offer';
import type { PageAnswer } from '../../pages/problem-page';
import type { Texts } from '../../pages/texts/texts';
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
const placeOf = (redirectUri: string, { authorize }: Texts): Content => {
  const { protocol, host, hostname } = new URL(redirectUri);
  if (protocol !== 'https:' && protocol !== 'http:') {
    return authorize.onThisDevice(html`<code>${protocol}</code>`);
  }
  return isLoopbackHost(hostname) ? authorize.onThisComputer : html`<code>${host}</code>`;
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

const boxes = ({ texts }: Visit, { scopes }: Offer, ticked: ReadonlySet<string>, { rules }: ConsentServices): Html =>
  scopes.length === 0
    ? html`<p>${texts.authorize.noPermissions}</p>`
    : html`<fieldset>
        <legend>${texts.authorize.permissions}</legend>
        ${scopes.map((scope, index) => box(scope, index, ticked.has(scope), rules.describe(scope)))}
      </fieldset>`;

const resourcesOf = ({ texts }: Visit, { request: { resources } }: Offer, { apis }: ConsentServices): Html => {
  const titles = resources.map(({ api, identifier }) =>
    api === undefined ? identifier : (apis.get(api)?.title ?? api),
  );
  return html`${titles.length > 0 && html`<p>${texts.authorize.forApis(titles.join(', '))}</p>`}`;
};

/** Creates the page on which a user decides what an application may do. */
export const consentPage = (
  visit: Visit,
  { transactionId, offer, offerToken, ticked = new Set(offer.scopes), remark, status = 200 }: ConsentPage,
  services: ConsentServices,
): PageAnswer => {
  const { client, redirectUri } = offer.request.recipient;
  const { name } = client.application;
  const { authorize } = visit.texts;
  return {
    kind: 'page',
    status,
    title: authorize.allowTitle(name),
    body: html`${remark}
      <p>
        ${authorize.asks(html`<strong>${name}</strong>`, html`<strong>${offer.userName}</strong>`)}
        <a href="${visit.mount}/sign-in?transaction=${transactionId}">${authorize.signInAsAnother}</a>
      </p>
      ${resourcesOf(visit, offer, services)}
      ${form(
        contextOf(visit, transactionId),
        '/decision',
        html`<input type="hidden" name="transaction" value="${transactionId}" />
          <input type="hidden" name="offer" value="${offerToken}" />
          ${boxes(visit, offer, ticked, services)}
          <p>${authorize.sentTo(placeOf(redirectUri, visit.texts))}</p>
          <div class="row">
            <button name="decision" value="allow">${authorize.allow}</button>
            <button name="decision" value="deny">${authorize.deny}</button>
          </div>`,
      )}`,
  };
};
