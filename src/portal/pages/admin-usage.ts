import { infoOf } from '../../directory/application-info';
import { page, type Answer } from '../../pages/answer';
import { breakable } from '../../pages/breakable';
import { emptyState } from '../../pages/empty-state';
import { link } from '../../pages/form';
import { html, type Html } from '../../pages/html';
import { sumOf } from '../../usage/tally';
import { chartNumbers, usageChart } from '../usage/usage-chart';
import { usageTotals } from '../usage/usage-totals';
import { managedPath } from '../admin/managed-application';
import type { PortalPage } from '../page';
import type { PageServices } from '../page-services';
import { PAGE_LENGTH } from '../paging';
import { latencyCells, latencyHeads, numberCells, numberHeads, shownNumbers } from '../usage/usage-numbers';
import { findUsages, joinUsages, periodLinks, periodOf } from '../usage/usage-periods';
import type { UserVisit } from '../visit';
import { table } from '../../pages/table';
import { usageHints } from './usage';

/** Renders the link to the next applications, for the same period. */
const nextOf = (visit: UserVisit, after: string | undefined): Html => {
  if (after === undefined) return html``;
  const query = new URLSearchParams({ period: periodOf(visit), after });
  return html`<p>${link(visit, `${visit.path}?${query.toString()}`, visit.texts.phrases.next)}</p>`;
};

const show = async (visit: UserVisit, services: PageServices): Promise<Answer> => {
  const { texts, query, user } = visit;
  const { usage } = texts;
  if (services.countsUsage === false) return page(usage.ofOrganization, html`<p>${usage.off}</p>`);
  const group = { organization: user.organization };
  const place = { after: query.get('after') ?? '', limit: PAGE_LENGTH };
  const { applications, next } = await services.directory.applications.findFreshPage(group, place);
  const usages = await findUsages(applications.map(infoOf), periodOf(visit), services);
  const joined = joinUsages(usages.map(([, found]) => found));
  const rows = usages.map(([{ id, name, owner }, { counts }]) => {
    const numbers = shownNumbers(sumOf(counts.map(({ tally }) => tally)));
    return [
      link(visit, managedPath(id), breakable(name)),
      owner ?? '',
      ...numberCells(numbers, texts),
      ...latencyCells(numbers, texts),
    ];
  });
  const heads = [usage.application, usage.owner, ...numberHeads(texts), ...latencyHeads(texts)];
  const chart =
    joined === undefined || joined.counts.length === 0
      ? emptyState(usage.none)
      : html`${usageTotals(joined, texts)} ${usageChart(joined, usage.applicationsOfOrganization, texts)}`;
  return page(
    usage.ofOrganization,
    html`${periodLinks(visit)} ${chart} ${rows.length > 0 && table(usage.applicationsOfOrganization, heads, rows)}
    ${joined !== undefined && joined.counts.length > 0 && chartNumbers(joined, texts)} ${usageHints(visit)}
    ${nextOf(visit, next)}`,
  );
};

export const adminUsagePage: PortalPage = {
  path: '/admin/usage',
  title: (texts) => texts.usage.ofOrganization,
  for: 'admins',
  navigation: 'admin',
  isReturnTarget: true,
  show,
};
