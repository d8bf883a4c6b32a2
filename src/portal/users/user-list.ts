import type { UserInfo } from '../../directory/user-info';
import type { PageServices } from '../page-services';
import { stateOf, USER_STATES, type UserState } from './user-state';
import type { UserVisit } from '../visit';

/** Users on one page. */
const PAGE_LENGTH = 20;

const MAX_SEARCH_LENGTH = 100;

/** A filter of the list of users: those whose name or roles contain a text, in one state. */
export interface UserFilter {
  readonly text: string;
  /** Absent for users in any state. */
  readonly state?: UserState;
  /** From 1. */
  readonly page: number;
}

export interface UserPage {
  readonly users: readonly UserInfo[];
  /** Number of users on all pages. */
  readonly count: number;
  readonly hasNext: boolean;
}

export const filterOf = ({ query }: Pick<UserVisit, 'query'>): UserFilter => {
  const state = USER_STATES.find((one) => one === query.get('state'));
  const page = query.get('page') ?? '';
  return {
    text: (query.get('q') ?? '').trim().slice(0, MAX_SEARCH_LENGTH),
    ...(state === undefined ? {} : { state }),
    page: /^[1-9]\d{0,5}$/.test(page) ? Number(page) : 1,
  };
};

/** Returns the query of a page of the list with a filter. */
export const queryOf = ({ text, state, page }: UserFilter): string =>
  new URLSearchParams({ ...(text && { q: text }), ...(state && { state }), page: String(page) }).toString();

const matches = ({ text, state }: UserFilter, user: UserInfo): boolean => {
  if (state !== undefined && stateOf(user) !== state) return false;
  const wanted = text.toLowerCase();
  return [user.username, ...user.roles].some((one) => one.toLowerCase().includes(wanted));
};

/** Finds the users of the administrator's organization that match a filter. Reads all users, in pages. */
export const findUsers = async (
  { user: admin, language }: UserVisit,
  { users }: Pick<PageServices, 'users'>,
  filter: UserFilter,
): Promise<UserPage> => {
  const found: UserInfo[] = [];
  for await (const user of users.list()) {
    if (user.organization === admin.organization && matches(filter, user)) found.push(user);
  }
  const { compare } = new Intl.Collator(language, { numeric: true });
  found.sort((one, other) => compare(one.username, other.username));
  const start = (filter.page - 1) * PAGE_LENGTH;
  return {
    users: found.slice(start, start + PAGE_LENGTH),
    count: found.length,
    hasNext: found.length > start + PAGE_LENGTH,
  };
};
