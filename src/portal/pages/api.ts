import { scopesOfApi, type Api } from '../../access/api';
import { page, type Answer } from '../../pages/answer';
import { badge } from '../../pages/badge';
import { breadcrumbs } from '../../pages/breadcrumbs';
import { copyable } from '../../pages/copyable';
import { link } from '../../pages/form';
import { html, type Html } from '../../pages/html';
import { prose } from '../../pages/prose';
import { labelsOf } from '../application/application-labels';
import { applicationPath } from '../application/application-path';
import { isSubscribed, tagLinks, versionLinks, type Reader } from '../catalogue/entry';
import { lifecycleBadge, lifecycleNote } from '../catalogue/lifecycle';
import { methodBadge } from '../../pages/method-badge';
import { groupOperations, type OperationGroup } from '../catalogue/operation-groups';
import { operationSection, type ShownOperation } from '../catalogue/operation-section';
import { agentPath, apiPath, documentPath } from '../catalogue/paths';
import { refusalSection } from '../catalogue/refusals';
import { readerOf } from '../catalogue/reader';
import { scopeList } from '../catalogue/scope-list';
import { signInToSubscribe, subscribeForm } from '../catalogue/subscribe-form';
import type { PortalPage } from '../page';
import type { PageServices } from '../page-services';
import { printPlan } from '../subscriptions/plan-usage';
import type { Visit } from '../visit';
import { problem } from './problem';

const addresses = (visit: Visit, api: Api, { issuer, tokenUrl, authorizeUrl }: PageServices): Html => {
  const { texts } = visit;
  const { title, plans, context } = api;
  const row = (term: string, ...values: readonly Html[]): Html =>
    html`<dt>${term}</dt>
      ${values.map((value) => html`<dd>${value}</dd>`)}`;
  return html`<dl>
    ${row(texts.api.baseUrl, copyable('base-url', issuer.origin + context, texts.api.copyBaseUrl(title)))}
    ${tokenUrl !== undefined && row(texts.api.tokenUrl, copyable('token-url', tokenUrl, texts.api.copyTokenUrl))}
    ${
      authorizeUrl !== undefined &&
      row(texts.api.authorizeUrl, copyable('authorize-url', authorizeUrl, texts.api.copyAuthorizeUrl))
    }
    ${plans.length > 0 && row(texts.apis.plans(plans.length), ...plans.map((plan) => html`${printPlan(plan, texts)}`))}
  </dl>`;
};

/** Renders the subscriptions of the user's applications to an API. */
const ownSubscriptions = ({ visit, applications = [] }: Reader, { name }: Api): Html => {
  const labels = labelsOf(applications, visit.texts);
  const own = applications.filter(({ subscriptions }) => subscriptions.includes(name));
  if (own.length === 0) return html``;
  const links = own.map(({ id }) => html`<li>${link(visit, applicationPath(id), labels.get(id))}</li>`);
  return html`<p>${visit.texts.apis.subscribedWith}:</p>
    <ul>
      ${links}
    </ul>`;
};

const subscribing = (reader: Reader, api: Api): Html =>
  html`<section class="card" aria-labelledby="api-${api.name}">
    <h2 id="api-${api.name}">${reader.visit.texts.apis.subscribeTo(api.title)}</h2>
    ${ownSubscriptions(reader, api)}
    ${
      reader.applications === undefined
        ? signInToSubscribe(reader.visit, api)
        : subscribeForm(reader.visit, api, reader.applications)
    }
  </section>`;

/** Returns the address of an operation. A server opens one that is folded away, because a fragment opens nothing in some browsers. */
const operationAddress = ({ mount }: Visit, api: Api, { anchor, fold }: ShownOperation): string =>
  fold === undefined ? `#${anchor}` : `${mount}${apiPath(api)}?operation=${anchor}#${anchor}`;

const contents = (visit: Visit, api: Api, groups: readonly OperationGroup[]): Html => {
  const { texts } = visit;
  return html`<nav class="contents" aria-label="${texts.api.contents}">
    ${groups.map(
      ({ tag, operations }) =>
        html`${groups.length > 1 && html`<p class="hint">${tag ?? texts.api.otherOperations}</p>`}
          <ul>
            ${operations.map(
              (shown) =>
                html`<li>
                  <a href="${operationAddress(visit, api, shown)}"
                    >${methodBadge(shown.operation.method)} <code>${shown.operation.path}</code></a
                  >
                  ${shown.operation.summary}
                </li>`,
            )}
          </ul>`,
    )}
  </nav>`;
};

const reference = (visit: Visit, api: Api, services: PageServices): Html => {
  const { texts } = visit;
  const groups = groupOperations(api.documentation.operations, visit.query.get('operation'));
  return html`<h2>${texts.api.operations}</h2>
    ${contents(visit, api, groups)}
    ${groups.map(
      ({ tag, operations }) =>
        html`${groups.length > 1 && html`<h2>${tag ?? texts.api.otherOperations}</h2>`}
        ${operations.map((shown) => operationSection(visit, api, shown, services))}`,
    )}
    ${refusalSection(api, texts)}`;
};

const show = async (visit: Visit, services: PageServices): Promise<Answer> => {
  const { apis, catalogue } = services;
  const api = apis.get(visit.params['name'] ?? '');
  if (api === undefined) return problem.notFound;
  const { texts } = visit;
  const reader = await readerOf(visit, services);
  const scopes = scopesOfApi(api);
  return page(
    api.title,
    html`${breadcrumbs(visit, [{ to: '/apis', text: texts.apis.title }], api.title)}
      <p>
        ${api.version !== undefined && html`<span class="hint">${texts.apis.version(api.version)}</span>`}
        ${lifecycleBadge(api.lifecycle, texts)}
        ${isSubscribed(api, reader.applications) && badge('good', texts.apis.subscribed)}
      </p>
      ${lifecycleNote(api.lifecycle, texts)} ${prose(api.description)} ${tagLinks(visit, api.tags)}
      ${versionLinks(visit, catalogue.otherVersions(api))} ${addresses(visit, api, services)}
      <p>
        ${link(visit, documentPath(api), texts.api.download)} · ${link(visit, agentPath(api), texts.api.connectAgent)}
      </p>
      ${subscribing(reader, api)} ${reference(visit, api, services)}
      ${
        scopes.length > 0 &&
        html`<h2>${texts.apis.scopes}</h2>
          <p>${texts.api.scopesOfApi}</p>
          ${scopeList(visit, scopes, services)}`
      }`,
  );
};

export const apiPage: PortalPage = {
  path: '/apis/:name',
  for: 'readers',
  navigation: 'none',
  isReturnTarget: true,
  show,
};
