import type { ApplicationInfo } from '../../directory/application-info';
import { ENVIRONMENTS } from '../../directory/key-pairs';
import { html, type Content, type Html } from '../../pages/html';
import { table } from '../../pages/table';
import type { Environment } from '../../tokens/records';
import { addTo, emptyTally, type Tally } from '../../usage/tally';
import type { UsageCount } from '../../usage/usage-store';
import type { PageServices } from '../page-services';
import { latencyCells, latencyHeads, numberCells, numberHeads, shownNumbers } from './usage-numbers';
import type { Visit } from '../visit';

/** The requests of an application to one API in one environment. */
export interface UsageRow {
  readonly application: ApplicationInfo;
  /** Empty for routes outside of APIs. */
  readonly api: string;
  readonly environment: Environment;
  readonly tally: Tally;
}

type Services = Pick<PageServices, 'apis' | 'findPlanUsage'>;

/** Sums counts by API and environment. */
export const rowsOf = (application: ApplicationInfo, counts: readonly UsageCount[]): readonly UsageRow[] => {
  const rows = new Map<string, UsageRow & { readonly tally: number[] }>();
  for (const { api, environment, tally } of counts) {
    const key = `${environment} ${api}`;
    const row = rows.get(key) ?? { application, api, environment, tally: emptyTally() };
    rows.set(key, row);
    addTo(row.tally, tally);
  }
  return [...rows.values()].sort((one, other) => one.api.localeCompare(other.api));
};

/** Adds rows without requests for the other subscriptions, whose quota may be of interest. */
export const withSubscriptions = (application: ApplicationInfo, rows: readonly UsageRow[]): readonly UsageRow[] => {
  const known = new Set(rows.map(({ environment, api }) => `${environment} ${api}`));
  const environments = ENVIRONMENTS.filter((environment) => application.keys[environment] !== undefined);
  const others = application.subscriptions.flatMap((api) =>
    environments
      .filter((environment) => !known.has(`${environment} ${api}`))
      .map((environment) => ({ application, api, environment, tally: emptyTally() })),
  );
  return [...rows, ...others];
};

/** Returns the name of an API for people. */
export const apiTitle = (api: string, { texts }: Pick<Visit, 'texts'>, { apis }: Pick<Services, 'apis'>): string =>
  api === '' ? texts.usage.outsideApis : (apis.get(api)?.title ?? api);

/** Reads what is left of the plan of a row; a dash if its API has none, or the application no longer subscribes. */
const quotaLeft = async (
  { application, api, environment }: UsageRow,
  { texts }: Visit,
  services: Services,
): Promise<string> => {
  const limit = application.subscriptions.includes(api)
    ? await services.findPlanUsage(api, application, environment)
    : undefined;
  if (limit === undefined) return '–';
  const { number } = texts.phrases;
  return texts.usage.quota(number(limit.remaining ?? limit.requests), number(limit.requests), limit.name);
};

/** Renders rows as a table. @param first column of it, if it has one besides those of the API */
export const usageTable = async (
  visit: Visit,
  caption: string,
  rows: readonly UsageRow[],
  services: Services,
  first?: { readonly head: string; readonly cell: (row: UsageRow) => Content },
): Promise<Html> => {
  const { texts } = visit;
  const { usage } = texts;
  const cells = await Promise.all(
    rows.map(async (row) => {
      const numbers = shownNumbers(row.tally);
      return [
        ...(first === undefined ? [] : [first.cell(row)]),
        apiTitle(row.api, visit, services),
        usage.environments[row.environment],
        ...numberCells(numbers, texts),
        ...latencyCells(numbers, texts),
        await quotaLeft(row, visit, services),
      ];
    }),
  );
  const heads = [usage.api, usage.environment, ...numberHeads(texts), ...latencyHeads(texts), usage.quotaLeft];
  return html`<div class="dense">${table(caption, first === undefined ? heads : [first.head, ...heads], cells)}</div>`;
};
