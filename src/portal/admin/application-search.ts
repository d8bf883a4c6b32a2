import type { Application } from '../../directory/records';
import { foldedName } from '../application/application-labels';
import type { PageServices } from '../page-services';
import type { UserVisit } from '../visit';

/** Applications on one page. */
const PAGE_LENGTH = 20;

const PART_LENGTH = 200;

/** Applications that one search reads at most, so that one that finds few does not read a whole organization. */
const MAX_READ = 1_000;

const MAX_TEXT_LENGTH = 100;

const STATES = ['enabled', 'disabled'] as const;

export type ApplicationState = (typeof STATES)[number];

/** Selects applications: those whose name, owner or consumer key contains a text, in one state. */
export interface ApplicationFilter {
  readonly text: string;
  /** Absent for applications in any state. */
  readonly state?: ApplicationState;
}

export interface FoundApplications {
  /** Ordered by id. */
  readonly applications: readonly Application[];
  /** The id after which the next page begins. Absent on the last page. */
  readonly next?: string;
}

export const applicationFilterOf = ({ query }: Pick<UserVisit, 'query'>): ApplicationFilter => {
  const state = STATES.find((one) => one === query.get('state'));
  const text = (query.get('q') ?? '').trim().slice(0, MAX_TEXT_LENGTH);
  return { text, ...(state === undefined ? {} : { state }) };
};

export const isFiltering = ({ text, state }: ApplicationFilter): boolean => text !== '' || state !== undefined;

/** True if the page is full; if not, the rest has not been searched yet. */
export const isFull = ({ applications }: FoundApplications): boolean => applications.length === PAGE_LENGTH;

const matches = ({ text, state }: ApplicationFilter, { name, owner = '', keys, enabled }: Application): boolean => {
  if (state !== undefined && enabled !== (state === 'enabled')) return false;
  const wanted = foldedName(text);
  const clientIds = Object.values(keys).map(({ clientId }) => clientId);
  return [name, owner, ...clientIds].some((one) => foldedName(one).includes(wanted));
};

/**
 * Finds applications of the administrator's organization that a filter selects. May return fewer than a page, or none,
 * although `next` is present.
 */
export const findApplications = async (
  { user: { organization }, query }: UserVisit,
  { directory: { applications } }: Pick<PageServices, 'directory'>,
  filter: ApplicationFilter,
): Promise<FoundApplications> => {
  const start = query.get('after') ?? '';
  if (!isFiltering(filter)) {
    return applications.findFreshPage({ organization }, { after: start, limit: PAGE_LENGTH });
  }
  const found: Application[] = [];
  let after = start;
  for (let read = 0; read < MAX_READ; read += PART_LENGTH) {
    const part = await applications.findFreshPage({ organization }, { after, limit: PART_LENGTH });
    for (const application of part.applications.filter((one) => matches(filter, one))) {
      // One more than fits: there is a next page.
      const last = found.at(-1);
      if (found.length === PAGE_LENGTH && last !== undefined) return { applications: found, next: last.id };
      found.push(application);
    }
    if (part.next === undefined) return { applications: found };
    after = part.next;
  }
  return { applications: found, next: after };
};
