import type { ApplicationInfo } from '../../directory/application-info';
import { link } from '../../pages/form';
import { html, type Html } from '../../pages/html';
import { sumOf } from '../../usage/tally';
import { applicationPath } from '../application/application-path';
import { sparkline } from './usage-chart';
import type { PageServices } from '../page-services';
import { shownNumbers } from './usage-numbers';
import type { Visit } from '../visit';

/**
 * Renders the usage of an application in the last 24 hours, with a link to all of it, for a page about the application.
 * `undefined` if usage is switched off.
 */
export const usageSummary = async (
  visit: Visit,
  { id, name }: Pick<ApplicationInfo, 'id' | 'name'>,
  { usage, countsUsage }: Pick<PageServices, 'usage' | 'countsUsage'>,
): Promise<Html | undefined> => {
  if (countsUsage === false) return undefined;
  const { texts } = visit;
  const found = await usage.findFresh(id, 'day');
  const { requests, errors, refused } = shownNumbers(sumOf(found.counts.map(({ tally }) => tally)));
  if (requests === 0) {
    return html`<p>${texts.usage.noneOfDay} ${link(visit, '/try-it', texts.usage.tryIt)}</p>
      <p>${link(visit, `${applicationPath(id)}/usage`, texts.usage.details)}</p>`;
  }
  const { number } = texts.phrases;
  return html`${sparkline(found, texts.usage.of(name), texts)}
    <p>${texts.usage.lastDay(number(requests), number(errors), number(refused))}</p>
    <p>${link(visit, `${applicationPath(id)}/usage`, texts.usage.details)}</p>`;
};
