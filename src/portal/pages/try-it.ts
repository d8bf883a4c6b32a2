import type { Api } from '../../access/api';
import { isMethodName } from '../../access/method-name';
import { page, type Answer } from '../../pages/answer';
import { breakable } from '../../pages/breakable';
import { select } from '../../pages/fields';
import { explanationText } from '../../pages/explanation-text';
import { html, type Html } from '../../pages/html';
import { notice } from '../../pages/notice';
import { requirementOf } from '../catalogue/requirement';
import type { PortalPage } from '../page';
import type { PageServices } from '../page-services';
import { findOperation, firstOperation, pathOf } from '../try-it/operation';
import { tryItPanel } from '../try-it/panel';
import { issueResourceToken } from '../try-it/resource-token';
import { responsePanel } from '../try-it/response-panel';
import type { UserVisit } from '../visit';

const MAX_TOKEN_LENGTH = 512;

/** Renders the choice of the API by GET, so that a page has the resources of one API. */
const apiChooser = ({ mount, texts: { tryIt } }: UserVisit, api: Api, apis: readonly Api[]): Html => {
  if (apis.length < 2) return html``;
  return html`<form method="get" action="${mount}/try-it" data-choose autocomplete="off">
    <div class="row">
      ${select(
        { name: 'api', label: tryIt.api, chosen: api.name },
        apis.map(({ name, title }) => ({ value: name, text: title })),
      )}
      <button class="plain">${tryIt.choose}</button>
    </div>
  </form>`;
};

const needs = ({ texts }: UserVisit, api: Api): Html =>
  html`<h2>${texts.tryIt.needs(api.title)}</h2>
    <dl class="long">
      ${api.resources.map(
        (resource) =>
          html`<dt>${resource.methods.join(', ')} ${breakable(pathOf(api, resource.path))}</dt>
            <dd>${requirementOf(resource, texts)}</dd>`,
      )}
    </dl>`;

const show = async (visit: UserVisit, services: PageServices): Promise<Answer> => {
  const { texts, query, user } = visit;
  const { tryIt } = texts;
  const apis = [...services.apis.values()];
  const clients = (await services.ownApplications.clients(user)).filter(({ application }) => application.enabled);
  const subscribed = new Set(clients.flatMap(({ application }) => application.subscriptions));
  const api = services.apis.get(query.get('api') ?? '') ?? apis.find(({ name }) => subscribed.has(name)) ?? apis[0];
  if (api === undefined) return page(tryIt.title, html`<p>${tryIt.noApis}</p>`);
  const named = findOperation(api, query.get('method') ?? '', query.get('path') ?? '');
  return page(
    tryIt.title,
    html`<noscript>${notice('wrong', tryIt.needsJavaScript)}</noscript> ${apiChooser(visit, api, apis)}
      ${tryItPanel(visit, { api, chosen: named ?? firstOperation(api), clients })} ${responsePanel(visit)}
      ${needs(visit, api)}`,
  );
};

const refuse = (summary: string): Answer => ({ kind: 'json', status: 400, value: { summary } });

/**
 * Returns the decision that a guard would make, before the request is sent. Scopes are listed only if they decide it,
 * because ticks beside a refusal for another reason would contradict it. The token is not stored.
 */
const check = async ({ form: given, texts }: UserVisit, { explain }: PageServices): Promise<Answer> => {
  const [pasted = '', method = '', path = ''] = [given.get('token'), given.get('method'), given.get('path')];
  const token = pasted.trim().replace(/^bearer +/i, '');
  if (token.length > MAX_TOKEN_LENGTH) return refuse(texts.tryIt.tokenTooLong(texts.phrases.number(MAX_TOKEN_LENGTH)));
  if (!isMethodName(method)) return refuse(texts.tryIt.noMethod);
  const explained = await explain(token, { method, path });
  const { allowed, reason, rule, token: state } = explained;
  const held = state.auth?.scopes ?? [];
  const decides = allowed || reason === 'insufficient_scope';
  const scopes = (decides ? (rule?.names ?? []) : []).map((name) => ({ name, has: held.includes(name) }));
  return { kind: 'json', value: { allowed, summary: explanationText(explained, texts), scopes, held } };
};

export const tryItPage: PortalPage = {
  path: '/try-it',
  title: (texts) => texts.tryIt.title,
  for: 'users',
  navigation: 'user',
  isReturnTarget: true,
  show,
  forms: [
    { path: '/try-it/check', handle: check },
    { path: '/try-it/token', handle: issueResourceToken },
  ],
};
