import type { Api } from '../../access/api';
import type { Operation } from '../../access/operation';
import { badge } from '../../pages/badge';
import { link } from '../../pages/form';
import { html, type Html } from '../../pages/html';
import { prose } from '../../pages/prose';
import { printAllowance } from '../subscriptions/plan-usage';
import type { Visit } from '../visit';
import { contentsOf } from './contents';
import { methodBadge } from '../../pages/method-badge';
import { parameterTable } from './parameter-table';
import { requirementOf } from './requirement';
import { responsesOf } from './responses';
import { scopeList } from './scope-list';
import type { PageServices } from '../page-services';
import { scopesIn } from '../../access/requirement';

/** Path of Try it with an operation chosen. */
const tryItPath = ({ name }: Api, { method, resource }: Operation): string =>
  `/try-it?${new URLSearchParams({ api: name, method, path: resource.path }).toString()}`;

/** Name of an operation in labels: `GET /orders/{id}`. */
export const operationName = ({ context }: Api, { method, path }: Operation): string =>
  `${method} ${context}${path === '/' ? '' : path}`;

const requirements = (visit: Visit, { resource }: Operation, services: Pick<PageServices, 'rules'>): Html => {
  const { access, limit } = resource;
  const { api: texts } = visit.texts;
  return html`<dl>
      <dt>${texts.requires}</dt>
      <dd>${requirementOf(resource, visit.texts)}</dd>
      ${
        limit !== undefined &&
        html`<dt>${texts.limit}</dt>
          <dd>${printAllowance(limit, visit.texts)} ${texts.limitBy[limit.by]}</dd>`
      }
    </dl>
    ${access.kind === 'scopes' && scopeList(visit, [...new Set(scopesIn(access.requirement))], services)}`;
};

/** An operation as it is shown on the page of its API. */
export interface ShownOperation {
  readonly operation: Operation;
  /** The fragment of its address. */
  readonly anchor: string;
  /** Absent if the page has so few operations that all are shown. */
  readonly fold?: 'open' | 'closed';
}

/** Renders an operation below its heading, or folded into it. */
const framed = ({ anchor, fold }: ShownOperation, heading: Html, content: Html): Html =>
  fold === undefined
    ? html`<section class="card operation" aria-labelledby="${anchor}">${heading} ${content}</section>`
    : html`<details class="card operation" ${fold === 'open' && html`open`}>
        <summary>${heading}</summary>
        ${content}
      </details>`;

/** Renders an operation with everything that a call of it needs. */
export const operationSection = (
  visit: Visit,
  api: Api,
  shown: ShownOperation,
  services: Pick<PageServices, 'rules'>,
): Html => {
  const { operation, anchor, fold } = shown;
  const { method, summary, description, isDeprecated, body } = operation;
  const { texts } = visit;
  const name = operationName(api, operation);
  const heading = html`<h3 id="${anchor}">
    ${methodBadge(method)} <code>${operation.path}</code>
    ${isDeprecated && badge('warning', texts.api.deprecated)} ${fold !== undefined && html`<small>${summary}</small>`}
  </h3>`;
  const content = html`${fold === undefined && summary !== undefined && html`<p><strong>${summary}</strong></p>`}
  ${prose(description)} ${requirements(visit, operation, services)} ${parameterTable(operation, name, texts)}
  ${
    body !== undefined &&
    html`<h4>${texts.api.requestBody}</h4>
      ${prose(body.description)}
      <p class="hint">${body.isRequired ? texts.api.required : texts.api.optional}</p>
      ${contentsOf(body.contents, texts.api.requestBody, texts)}`
  }
  ${responsesOf(api, operation, name, texts)}
  ${
    visit.user !== undefined &&
    html`<p>${link(visit, tryItPath(api, operation), html`${texts.api.tryIt}<span class="spoken"> ${name}</span>`)}</p>`
  }`;
  return framed(shown, heading, content);
};
