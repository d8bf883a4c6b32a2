import { readCall, rules } from '../directory/values';

/** Selects grants by owner. `user` is a full name, or the `id` that a `users` function returns. */
export type TokenOwner =
  { readonly user: string; readonly clientId?: never } | { readonly clientId: string; readonly user?: never };

/** Selects all grants of a user, and on request the user's sessions at the portal as well. */
export interface UserToRevoke {
  readonly user: string;
  readonly clientId?: never;
  /** True to end the sessions of the user as well. @default false */
  readonly sessions?: boolean;
}

/** Selects a grant, or all grants of a client or an organization. Only a user has sessions. */
export type GrantsToRevoke = { readonly sessions?: never } & (
  | { readonly token: string }
  | { readonly grantId: string }
  | { readonly clientId: string; readonly user?: never }
  | { readonly organization: string }
);

/** Reads an object that has exactly one of the given names, and its string. */
export const readExactlyOne = <N extends string>(
  value: unknown,
  names: readonly N[],
): { readonly name: N; readonly text: string } =>
  readCall((checks) => {
    const fields = checks.fields(value ?? null, [], names);
    if (fields === undefined) return undefined;
    const given = names.filter((candidate) => fields[candidate] !== undefined);
    const [name] = given;
    if (name === undefined || given.length > 1) return checks.fault([], `give exactly one of ${names.join(', ')}`);
    const rule = name === 'token' ? rules.token : rules.key;
    const text = checks.text(fields[name], [name], rule.pattern, rule.text);
    return text === undefined ? undefined : { name, text };
  });
