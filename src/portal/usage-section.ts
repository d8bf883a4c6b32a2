import type { ApplicationInfo } from '../directory/application-info';
import { emptyState } from '../pages/empty-state';
import { link } from '../pages/form';
import { html, type Html } from '../pages/html';
import { sumOf } from '../usage/tally';
import { applicationPath } from './application-path';
import { sparkline } from './charts/usage-chart';
import type { PageServices } from './page-services';
import { shownNumbers } from './usage-numbers';
import type { Visit } from './visit';

/** Renders the usage of an application in the last 24 hours, with a link to all of it; nothing if none is counted. */
export const usageSection = async (
  visit: Visit,
  { id, name }: Pick<ApplicationInfo, 'id' | 'name'>,
  { usage, countsUsage }: Pick<PageServices, 'usage' | 'countsUsage'>,
): Promise<Html> => {
  const { texts } = visit;
  if (countsUsage === false) return html``;
  const found = await usage.findFresh(id, 'day');
  const { requests, errors, refused } = shownNumbers(sumOf(found.counts.map(({ tally }) => tally)));
  const { number } = texts.phrases;
  const all = link(visit, `${applicationPath(id)}/usage`, texts.usage.details);
  return html`<section class="card" id="usage">
    <h2>${texts.usage.title}</h2>
    ${
      requests === 0
        ? emptyState(texts.usage.none, link(visit, '/try-it', texts.usage.tryIt))
        : html`${sparkline(found, texts.usage.of(name), texts)}
            <p>${texts.usage.lastDay(number(requests), number(errors), number(refused))}</p>`
    }
    <p>${all}</p>
  </section>`;
};
