import type { SignInHook } from '../pages/sign-in-hook';
import type { Checks, Path } from './checks';
import { readGroup } from './field-reader';
import type { AuthorizationOptions } from './options';
import { customRow, type Row } from './row';

/** Rows of `authorization`. */
export const AUTHORIZATION_ROWS = {
  signIn: customRow({
    type: 'SignInHook',
    default: 'the sign-in page of the gate',
    doc: 'A [sign-in of your own](authorization-code.md#a-sign-in-of-your-own) in place of the page, bounded by `usersDeadline`.',
    read: (checks: Checks, value: unknown, path: Path): SignInHook | undefined =>
      value === undefined || typeof value === 'function'
        ? (value as SignInHook | undefined)
        : checks.fault(path, 'must be a function that returns { user } or { redirect }'),
  }),
} satisfies Record<keyof AuthorizationOptions, Row>;

/** Reads the option `authorization`. */
export const readAuthorization = (
  checks: Checks,
  value: unknown,
  path: Path,
): { readonly signIn: SignInHook | undefined } => readGroup(checks, AUTHORIZATION_ROWS, value, path);
