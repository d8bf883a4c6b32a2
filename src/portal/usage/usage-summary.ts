import type { ApplicationInfo } from '../../directory/application-info';
import { link } from '../../pages/form';
import { html, type Html } from '../../pages/html';
import { sumOf } from '../../usage/tally';
import { applicationPath } from '../application/application-path';
import { sparkline } from './usage-chart';
import type { PageServices } from '../page-services';
import { shownNumbers } from './usage-numbers';
import type { Visit } from '../visit';

type Summarized = Pick<ApplicationInfo, 'id' | 'name'>;
type Services = Pick<PageServices, 'usage' | 'countsUsage'>;

/**
 * Renders the usage of an application in the last 24 hours. `undefined` if usage is switched off.
 * @param step what to do if there was no request @default nothing
 */
export const usageOfDay = async (
  { texts }: Pick<Visit, 'texts'>,
  { id, name }: Summarized,
  { usage, countsUsage }: Services,
  step?: Html,
): Promise<Html | undefined> => {
  if (countsUsage === false) return undefined;
  const found = await usage.findFresh(id, 'day');
  const { requests, errors, refused } = shownNumbers(sumOf(found.counts.map(({ tally }) => tally)));
  if (requests === 0) return html`<p>${texts.usage.noneOfDay} ${step}</p>`;
  return html`${sparkline(found, texts.usage.of(name), texts)}
    <p>${texts.usage.lastDay(requests, errors, refused)}</p>`;
};

/**
 * Renders the usage of an application in the last 24 hours for its owner, with a link to all of it. `undefined` if usage
 * is switched off.
 */
export const usageSummary = async (
  visit: Visit,
  application: Summarized,
  services: Services,
): Promise<Html | undefined> => {
  const { usage } = visit.texts;
  const ofDay = await usageOfDay(visit, application, services, link(visit, '/try-it', usage.tryIt));
  return (
    ofDay &&
    html`${ofDay}
      <p>${link(visit, `${applicationPath(application.id)}/usage`, usage.details)}</p>`
  );
};
