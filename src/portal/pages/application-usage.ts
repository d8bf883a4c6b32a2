import { page, type Answer } from '../../pages/answer';
import { breadcrumbs } from '../../pages/breadcrumbs';
import { emptyState } from '../../pages/empty-state';
import { link } from '../../pages/form';
import { html, type Html } from '../../pages/html';
import { applicationPath, readApplicationId } from '../application/application-path';
import { chartNumbers, usageChart } from '../usage/usage-chart';
import { usageTotals } from '../usage/usage-totals';
import type { OwnApplication } from '../application/own-applications';
import type { PortalPage } from '../page';
import type { PageServices } from '../page-services';
import { recentRefusals } from '../usage/recent-refusals';
import { periodLinks, periodOf } from '../usage/usage-periods';
import { rowsOf, usageTable, withSubscriptions } from '../usage/usage-table';
import type { UserVisit } from '../visit';
import { usageHints } from './usage';

const numbersOf = async (visit: UserVisit, application: OwnApplication, services: PageServices): Promise<Html> => {
  const { usage } = visit.texts;
  const found = await services.usage.findFresh(application.id, periodOf(visit));
  const rows = withSubscriptions(application, rowsOf(application, found.counts));
  return html`${
    found.counts.length === 0
      ? emptyState(usage.none, link(visit, '/try-it', usage.tryIt))
      : html`${usageTotals(found, visit.texts)} ${usageChart(found, usage.of(application.name), visit.texts)}`
  }
  ${rows.length > 0 && (await usageTable(visit, usage.byApi, rows, services))}
  ${found.counts.length > 0 && chartNumbers(found, visit.texts)} ${usageHints(visit)}`;
};

const show = async (visit: UserVisit, services: PageServices): Promise<Answer> => {
  const { usage, applications } = visit.texts;
  const application = await services.ownApplications.get(visit.user, readApplicationId(visit.params['id']));
  const { id, name } = application;
  const above = [
    { to: '/subscriptions', text: applications.mine },
    { to: applicationPath(id), text: name },
  ];
  const crumbs = breadcrumbs(visit, above, usage.title);
  if (services.countsUsage === false)
    return page(
      usage.of(name),
      html`${crumbs}
        <p>${usage.off}</p>`,
    );
  return page(
    usage.of(name),
    html`${crumbs} ${periodLinks(visit)} ${await numbersOf(visit, application, services)}
    ${await recentRefusals(visit, id, services)}`,
  );
};

export const applicationUsagePage: PortalPage = {
  path: '/applications/:id/usage',
  for: 'users',
  navigation: 'none',
  section: '/subscriptions',
  isReturnTarget: true,
  show,
};
