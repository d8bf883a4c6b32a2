import { API_STATUSES } from '../../access/lifecycle';
import { page, type Answer } from '../../pages/answer';
import { emptyState } from '../../pages/empty-state';
import { select } from '../../pages/fields';
import { link } from '../../pages/form';
import { html, type Html } from '../../pages/html';
import { searchForm } from '../../pages/search-form';
import { readCatalogueQuery, type CataloguePage, type CatalogueQuery } from '../catalogue/catalogue';
import { catalogueEntry } from '../catalogue/entry';
import { pageLinks } from '../catalogue/page-links';
import { readerOf } from '../catalogue/reader';
import type { Reader } from '../catalogue/entry';
import { scopeList } from '../catalogue/scope-list';
import { firstSteps } from '../application/first-steps';
import type { PortalPage } from '../page';
import type { PageServices } from '../page-services';
import type { Visit } from '../visit';

const PATH = '/apis';

const filters = (visit: Visit, { tag, status }: CatalogueQuery, tags: readonly string[]): Html => {
  const { apis: texts } = visit.texts;
  const statuses = API_STATUSES.map((value) => ({ value, text: texts.statuses[value] }));
  return html`${
    tags.length > 0 &&
    select({ name: 'tag', label: texts.tag, chosen: tag }, [
      { value: '', text: texts.anyTag },
      ...tags.map((value) => ({ value, text: value })),
    ])
  }
  ${select({ name: 'status', label: texts.status, chosen: status }, [
    { value: '', text: texts.anyStatus },
    ...statuses,
  ])}`;
};

const search = (visit: Visit, query: CatalogueQuery, { catalogue }: PageServices): Html =>
  searchForm(visit, {
    path: PATH,
    label: visit.texts.apis.search,
    value: query.text,
    button: visit.texts.phrases.search,
    filters: filters(visit, query, catalogue.tags(visit.language)),
  });

const list = (reader: Reader, found: CataloguePage, services: PageServices): Html => {
  const { visit } = reader;
  const { texts } = visit;
  if (found.total === 0) return emptyState(texts.apis.nothingFound, link(visit, PATH, texts.apis.showAll));
  return html`${pageLinks(visit, found)}
  ${found.apis.map((api) => catalogueEntry(reader, api, services.catalogue.otherVersions(api)))}
  ${found.pages > 1 && pageLinks(visit, found)}`;
};

const show = async (visit: Visit, services: PageServices): Promise<Answer> => {
  const { catalogue, apis, rules } = services;
  const { apis: texts } = visit.texts;
  if (apis.size === 0) {
    // Without APIs nothing else lists the scopes.
    const scopes = html`<h2>${texts.scopes}</h2>
      ${scopeList(visit, [...rules.names], services)}`;
    return page(texts.title, html`${emptyState(texts.noApis)} ${rules.names.size > 0 && scopes}`);
  }
  const query = readCatalogueQuery(visit.query);
  const found = catalogue.find(query, visit.language);
  const reader = await readerOf(visit, services);
  const welcome = reader.applications
    ? await firstSteps(reader.visit, reader.applications, services)
    : services.look.intro !== undefined && html`<p class="intro">${services.look.intro}</p>`;
  return page(texts.title, html`${welcome} ${search(visit, query, services)} ${list(reader, found, services)}`);
};

export const apisPage: PortalPage = {
  path: PATH,
  title: (texts) => texts.apis.title,
  for: 'readers',
  navigation: 'user',
  isReturnTarget: true,
  show,
};
