import { readCall, rules } from '../directory/values';
import type { EpochSeconds, Seconds } from '../protocol/time';
import type { Environment } from '../tokens/records';
import { numbersOf, type UsageNumbers } from './numbers';
import type { RecentRefusal } from './refusal-store';
import { PERIODS, type UsagePeriod } from './resolutions';
import { sumOf } from './tally';
import type { FoundUsage, Usage } from './usage';

/** Numbers of one time span, environment and API. */
export interface UsageSpan extends UsageNumbers {
  /** Beginning of the time span. */
  readonly at: EpochSeconds;
  readonly environment: Environment;
  /** Absent for routes outside of APIs. */
  readonly api?: string;
}

/** The usage of an application in a period, which ends with the current time span. */
export interface ApplicationUsage {
  readonly period: UsagePeriod;
  readonly from: EpochSeconds;
  readonly to: EpochSeconds;
  /** Length of a time span: a minute, an hour or a day (UTC). */
  readonly spanSeconds: Seconds;
  readonly total: UsageNumbers;
  /** The time spans with requests, the earliest first. */
  readonly spans: readonly UsageSpan[];
}

/**
 * Usage of applications: requests with a live token of theirs. Other gates write it every five seconds. An id that no
 * application has is not an error. Calls may reject with StoreUnavailableError.
 */
export interface ManagedUsage {
  /**
   * Returns the usage of an application in the last 60 minutes, 24 hours or 30 days.
   * @param options `period` is `day` by default
   * @throws DirectoryError `ERR_SCOPEGATE_VALUE`
   */
  find(application: string, options?: { readonly period?: UsagePeriod }): Promise<ApplicationUsage>;
  /**
   * Returns the last 20 different refusals of an application, the most recent first.
   * @throws DirectoryError `ERR_SCOPEGATE_VALUE`
   */
  listRefusals(application: string): Promise<readonly RecentRefusal[]>;
}

const NAMES = Object.keys(PERIODS) as readonly UsagePeriod[];

const readId = (id: unknown): string =>
  readCall((checks) => checks.required(id, ['application'], rules.key.pattern, rules.key.text));

const readPeriod = (options: unknown): UsagePeriod =>
  readCall((checks) => {
    const fields = checks.fields(options ?? {}, [], ['period']);
    return fields && (checks.oneOf(fields['period'], ['period'], NAMES) ?? 'day');
  });

const usageOf = ({ period, from, to, counts }: FoundUsage): ApplicationUsage => ({
  period,
  from,
  to,
  spanSeconds: PERIODS[period].resolution.seconds,
  total: numbersOf(sumOf(counts.map(({ tally }) => tally))),
  spans: [...counts]
    .sort((one, other) => one.at - other.at || one.api.localeCompare(other.api))
    .map(({ at, environment, api, tally }) => ({
      at,
      environment,
      ...(api === '' ? {} : { api }),
      ...numbersOf(tally),
    })),
});

export const createManagedUsage = (usage: Pick<Usage, 'findFresh' | 'findFreshRefusals'>): ManagedUsage => ({
  find: async (application, options) => usageOf(await usage.findFresh(readId(application), readPeriod(options))),
  listRefusals: async (application) => usage.findFreshRefusals(readId(application)),
});
