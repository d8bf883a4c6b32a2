import type { Api } from '../../access/api';
import { badge } from '../../pages/badge';
import { link } from '../../pages/form';
import { html, type Html } from '../../pages/html';
import { firstParagraph } from '../../pages/prose';
import type { OwnApplication } from '../application/own-applications';
import { printPlan } from '../subscriptions/plan-usage';
import type { UserVisit, Visit } from '../visit';
import { lifecycleBadge } from './lifecycle';
import { apiPath } from './paths';
import { signInToSubscribe, subscribeForm } from './subscribe-form';

/** A user with the applications that the user owns, or a visitor. */
export type Reader =
  | { readonly visit: UserVisit; readonly applications: readonly OwnApplication[] }
  | { readonly visit: Visit; readonly applications: undefined };

const countResources = ({ resources }: Api): number => new Set(resources.map(({ path }) => path)).size;

/** Renders the links to other versions of an API; nothing if there are none. */
export const versionLinks = (visit: Visit, versions: readonly Api[]): Html => {
  const { texts } = visit;
  if (versions.length === 0) return html``;
  const links = versions.map(
    (api) => html`${link(visit, apiPath(api), api.version ?? api.name)} ${lifecycleBadge(api.lifecycle, texts)} `,
  );
  return html`<p class="hint">${texts.apis.otherVersions}: ${links}</p>`;
};

/** Renders the tags of an API as links to the catalogue. */
export const tagLinks = (visit: Visit, tags: readonly string[]): Html =>
  tags.length === 0
    ? html``
    : html`<ul class="scopes" aria-label="${visit.texts.apis.tags}">
        ${tags.map((tag) => html`<li>${link(visit, `/apis?tag=${encodeURIComponent(tag)}`, tag)}</li>`)}
      </ul>`;

/** Checks whether one of a user's applications subscribes to an API. */
export const isSubscribed = ({ name }: Api, applications: readonly OwnApplication[] | undefined): boolean =>
  applications?.some(({ subscriptions }) => subscriptions.includes(name)) === true;

/** Renders an API in the catalogue. */
export const catalogueEntry = (reader: Reader, api: Api, versions: readonly Api[]): Html => {
  const { visit, applications } = reader;
  const { texts } = visit;
  const { name, title, version, plans, lifecycle, tags } = api;
  const summary = firstParagraph(api.description);
  return html`<section class="card" aria-labelledby="api-${name}">
    <h2 id="api-${name}">
      ${link(visit, apiPath(api), title)} ${version !== undefined && html`<small>${version}</small>`}
    </h2>
    <p>
      ${lifecycleBadge(lifecycle, texts)} ${isSubscribed(api, applications) && badge('good', texts.apis.subscribed)}
      <span class="hint">${texts.apis.resources(countResources(api))}</span>
    </p>
    ${summary !== '' && html`<p>${summary}</p>`} ${tagLinks(visit, tags)} ${versionLinks(visit, versions)}
    ${
      plans.length > 0 &&
      html`<dl>
        <dt>${texts.apis.plans(plans.length)}</dt>
        ${plans.map((plan) => html`<dd>${printPlan(plan, texts)}</dd>`)}
      </dl>`
    }
    ${
      reader.applications === undefined
        ? signInToSubscribe(visit, api)
        : subscribeForm(reader.visit, api, reader.applications)
    }
  </section>`;
};
