import { Checks, type Path } from '../protocol/checks';
import { DirectoryError, printPath } from '../protocol/errors';
import type { DirectoryProblem } from '../protocol/problems';
import { printField } from '../protocol/printed-value';
import { YEAR_3000, type EpochSeconds } from '../protocol/time';

/** Refuses a value that was passed to a management call. */
export const refuseValue = (rule: string, problem?: DirectoryProblem): never => {
  throw new DirectoryError('ERR_SCOPEGATE_VALUE', rule, problem);
};

/** Rules that declared options and management calls share. */
export const rules = {
  consumerKey: { pattern: /^[\x21-\x39\x3B-\x7E]{1,128}$/, text: '1 to 128 visible ASCII characters without a colon' },
  consumerSecret: { pattern: /^[\x21-\x7E]{1,256}$/, text: '1 to 256 visible ASCII characters' },
  // Direction controls would rearrange the text after the name, also on the page on which a user allows an application.
  label: {
    pattern: /^(?=.*[\p{L}\p{N}\p{P}\p{S}])[^\p{Cc}\p{Cs}\p{Bidi_Control}]{1,100}$/u,
    text: '1 to 100 characters, one of them visible, without control characters and direction controls',
  },
  // With line breaks, which are also control characters.
  description: {
    pattern: /^(?:[^\p{Cc}\p{Cs}\p{Bidi_Control}]|\n){0,500}$/u,
    text: 'at most 500 characters, without control characters other than line breaks and without direction controls',
  },
  reason: {
    pattern: /^[^\p{Cc}\p{Cs}\p{Bidi_Control}]{0,200}$/u,
    text: 'at most 200 characters without control characters and direction controls',
  },
  role: { pattern: /^[^\p{C}\p{Z}]{1,128}$/u, text: '1 to 128 characters without white space' },
  owner: { pattern: /^[^\p{Cc}\p{Cs}]{1,400}$/u, text: 'the full name of a user' },
  key: { pattern: /^[^\p{Cs}]{0,1024}$/u, text: 'a string of at most 1024 characters' },
  token: { pattern: /^[^\p{Cs}]{0,16384}$/u, text: 'a string of at most 16384 characters' },
} as const;

export const MAX_ROLES = 1_000;

/** Reads the roles of a user, declared or created at run time. */
export const readRoles = (checks: Checks, value: unknown, path: Path): readonly string[] =>
  (checks.list(value, path, MAX_ROLES) ?? [])
    .map((role, index) => checks.required(role, [...path, index], rules.role.pattern, rules.role.text))
    .filter((role) => role !== undefined);

/** Reads an instant in epoch seconds. */
export const readInstant = (checks: Checks, value: unknown, path: Path): EpochSeconds | undefined => {
  if (value === undefined || (typeof value === 'number' && value > 0 && value < YEAR_3000)) return value;
  return checks.fault(path, `must be epoch seconds, not milliseconds; got ${printField(path, value)}`);
};

/**
 * Reads the argument of a management call, with the same checks as options.
 * @throws DirectoryError `ERR_SCOPEGATE_VALUE` listing the faults, at most 20
 */
export const readCall = <T>(read: (checks: Checks) => T | undefined): T => {
  const checks = new Checks();
  const value = read(checks);
  checks.finish((faults) => {
    const sentences = faults
      .slice(0, MAX_FAULTS_NAMED)
      .map(({ path, problem }) => `${printPath(path)} ${problem}`.trim());
    const [field = ''] = faults[0]?.path ?? [];
    return new DirectoryError('ERR_SCOPEGATE_VALUE', sentences.join('; '), { name: 'field', field: String(field) });
  });
  return value ?? refuseValue('an argument is missing');
};

const MAX_FAULTS_NAMED = 20;

/**
 * Checks the name, key or id that a call is about.
 * @throws DirectoryError `ERR_SCOPEGATE_VALUE` for anything but a string
 */
export const checkKey = (value: unknown, what: string): string =>
  typeof value === 'string' ? value : refuseValue(`${what} must be a string; got ${printField([what], value)}`);

/** Checks whether a record can have this key: a store could not distinguish others. */
export const isKey = (key: string): boolean => rules.key.pattern.test(key);

export const checkValue = (value: string, rule: keyof typeof rules, what: string): string =>
  typeof value === 'string' && rules[rule].pattern.test(value)
    ? value
    : refuseValue(`${what} must be ${rules[rule].text}`, { name: 'field', field: what });

export const PASSWORD_RULE = '1 to 1024 bytes of UTF-8 without control characters';
