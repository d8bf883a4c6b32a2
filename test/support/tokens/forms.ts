import type { Pair } from '../gate/gate';

/** A form of the token endpoint: a text is sent unchanged. */
export type TokenForm = string | Readonly<Record<string, string>>;

/** A form as it is sent in a body. */
export const encodeForm = (form: TokenForm): string =>
  typeof form === 'string' ? form : new URLSearchParams(form).toString();

const withScope = (scope: string | undefined) => (scope === undefined ? {} : { scope });

/** The form of a sign-in. */
export const passwordForm = ([username, password]: Pair, scope?: string) => ({
  grant_type: 'password',
  username,
  password,
  ...withScope(scope),
});

/** The form of a refresh. */
export const refreshForm = (refreshToken: string, scope?: string) => ({
  grant_type: 'refresh_token',
  refresh_token: refreshToken,
  ...withScope(scope),
});

/** The form of a client credentials request. */
export const clientForm = (scope?: string) => ({ grant_type: 'client_credentials', ...withScope(scope) });
