import { IntegrationFault } from '../protocol/errors';
import { kindOfValue } from '../protocol/printed-value';

/** The checked result of a `users` function. */
export interface ReadUser {
  /** The `id`; a number is converted to a decimal string. */
  readonly subject: string;
  readonly roles: readonly string[];
}

const MAX_NAMES_PRINTED = 10;

const isString = (value: unknown): value is string => typeof value === 'string';

/** Checks whether a value can be the subject of tokens. */
export const isSubject = (id: unknown): id is string => isString(id) && /^[^\p{Cc}\p{Cs}]{1,256}$/u.test(id);

/** Describes a value without its contents, which may be secret: the kind, or the names of an object's fields. */
const describe = (value: unknown): string => {
  if (typeof value === 'boolean') return String(value);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return kindOfValue(value);
  const names = Object.keys(value).filter((name) => /^[\w$]{1,40}$/.test(name));
  return names.length === 0 ? 'an object' : `{ ${names.slice(0, MAX_NAMES_PRINTED).join(', ')} }`;
};

const fieldsOf = (result: unknown, rule: string): Readonly<Record<string, unknown>> => {
  if (typeof result === 'object' && result !== null && !Array.isArray(result)) {
    return result as Readonly<Record<string, unknown>>;
  }
  throw new IntegrationFault(`${rule}; got ${describe(result)}`);
};

const readRoles = (roles: unknown, name: string): readonly string[] => {
  if (roles === undefined) return [];
  if (Array.isArray(roles) && roles.every(isString)) return [...(roles as readonly string[])];
  const given = Array.isArray(roles) ? 'a list with other things in it' : kindOfValue(roles);
  throw new IntegrationFault(`${name} must return roles as a list of strings; got ${given}`);
};

/**
 * Reads the result of `users` or `users.verify`; `undefined` for a wrong name or password.
 * @throws IntegrationFault
 */
export const readVerifiedUser = (result: unknown): ReadUser | undefined => {
  if (result === null || result === undefined) return undefined;
  const rule = 'users must return { id, roles? } or null';
  const fields = fieldsOf(result, rule);
  const { id, roles } = fields;
  if (id === undefined) throw new IntegrationFault(`${rule}; got ${describe(result)}`);
  const subject = typeof id === 'number' && Number.isSafeInteger(id) ? String(id) : id;
  if (isSubject(subject)) return { subject, roles: readRoles(roles, 'users') };
  const idRule = 'a string of 1 to 256 characters without control characters, or a safe integer';
  throw new IntegrationFault(`users must return an id that is ${idRule}; got ${describe(id)}`);
};

/** Reads the roles that `users.find` returned; `undefined` if the user no longer exists. @throws IntegrationFault */
export const readFoundRoles = (result: unknown): readonly string[] | undefined => {
  if (result === null || result === undefined) return undefined;
  return readRoles(fieldsOf(result, 'users.find must return { roles? } or null')['roles'], 'users.find');
};
