import type { Visit } from '../visit';

const USERS = '/admin/users';

/** Pages below the list of users. A user of one of these names, without an organization, has no path of this form. */
const RESERVED: ReadonlySet<string> = new Set(['-', 'new', 'disable', 'remove', 'sign-out']);

/** Names that a path can contain as they are: no slash, and not only dots. */
const IN_PATH = /^(?!\.+$)[^/\\]+$/u;

/** Returns the path of the page of a user, with a query for a name that a path cannot contain. */
export const userPath = (username: string): string => {
  const name = encodeURIComponent(username);
  return IN_PATH.test(username) && !RESERVED.has(username) ? `${USERS}/${name}` : `${USERS}/-?username=${name}`;
};

/** Returns the path of the confirmation page of an action on a user. */
export const userActionPath = (action: 'disable' | 'remove' | 'sign-out'): string => `${USERS}/${action}`;

/** Returns the name of the user that a request is about: in its form, its path or its query. */
export const usernameOf = ({ form, params, query }: Pick<Visit, 'form' | 'params' | 'query'>): string => {
  const inPath = params['username'];
  return form.get('username') ?? (inPath === undefined || inPath === '-' ? (query.get('username') ?? '') : inPath);
};
