import { page, type Answer } from '../../pages/answer';
import { breakable } from '../../pages/breakable';
import { emptyState } from '../../pages/empty-state';
import { link } from '../../pages/form';
import { html, type Html } from '../../pages/html';
import { labelsOf } from '../application/application-labels';
import { applicationPath } from '../application/application-path';
import { chartNumbers, usageChart } from '../usage/usage-chart';
import { usageTotals } from '../usage/usage-totals';
import type { OwnApplication } from '../application/own-applications';
import type { PortalPage } from '../page';
import type { PageServices } from '../page-services';
import { findUsages, joinUsages, periodLinks, periodOf } from '../usage/usage-periods';
import { rowsOf, usageTable } from '../usage/usage-table';
import type { UserVisit } from '../visit';

/** Renders the hints below tables of usage. */
export const usageHints = ({ texts: { usage } }: Pick<UserVisit, 'texts'>): Html =>
  html`<p class="hint">${usage.kindsHint} ${usage.latencyHint} ${usage.utcHint}</p>`;

const usageOf = async (
  visit: UserVisit,
  applications: readonly OwnApplication[],
  services: PageServices,
): Promise<Html> => {
  const { texts } = visit;
  const usages = await findUsages(applications, periodOf(visit), services);
  const joined = joinUsages(usages.map(([, found]) => found));
  if (joined === undefined || joined.counts.length === 0) {
    return emptyState(texts.usage.none, link(visit, '/try-it', texts.usage.tryIt));
  }
  const labels = labelsOf(applications, texts);
  const rows = usages.flatMap(([application, { counts }]) => rowsOf(application, counts));
  const application = {
    head: texts.usage.application,
    cell: ({ application: { id, name } }: (typeof rows)[number]) =>
      link(visit, `${applicationPath(id)}/usage?period=${joined.period}`, breakable(labels.get(id) ?? name)),
  };
  return html`${usageTotals(joined, texts)} ${usageChart(joined, texts.usage.all, texts)}
  ${await usageTable(visit, texts.usage.byApplication, rows, services, application)} ${chartNumbers(joined, texts)}
  ${usageHints(visit)}`;
};

const show = async (visit: UserVisit, services: PageServices): Promise<Answer> => {
  const { usage } = visit.texts;
  if (services.countsUsage === false) return page(usage.title, html`<p>${usage.off}</p>`);
  const applications = await services.ownApplications.list(visit.user);
  if (applications.length === 0) {
    return page(usage.title, emptyState(usage.noApplications, link(visit, '/apis', usage.createFirst)));
  }
  return page(usage.title, html`${periodLinks(visit)} ${await usageOf(visit, applications, services)}`);
};

export const usagePage: PortalPage = {
  path: '/usage',
  title: (texts) => texts.usage.title,
  for: 'users',
  navigation: 'user',
  isReturnTarget: true,
  show,
};
