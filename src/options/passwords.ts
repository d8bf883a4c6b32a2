import { availableParallelism } from 'node:os';
import type { PasswordRuleSettings } from '../directory/password-rule';
import type { PasswordSettings } from '../directory/passwords';
import type { Checks, Path } from './checks';
import { readGroup } from './field-reader';
import type { PasswordOptions } from './options';
import { milliseconds, wholeNumber, type Row } from './row';

/** Rows of `passwords`. */
export const PASSWORD_ROWS = {
  minLength: wholeNumber('characters', {
    min: 1,
    max: 128,
    default: 8,
    doc:
      'Minimum length, in Unicode code points, of a password that is set at run time, so not of those in `users`; ' +
      'common passwords and the user name are refused too.',
  }),
  memoryCost: wholeNumber('KiB', {
    min: 8,
    max: 1_048_576,
    default: 19_456,
    doc: 'Memory of one argon2id hash, at least 8 KiB for each lane of `parallelism` (RFC 9106).',
  }),
  timeCost: wholeNumber('passes', { min: 1, max: 16, default: 2, doc: 'Passes of one argon2id hash.' }),
  parallelism: wholeNumber('lanes', { min: 1, max: 16, default: 1, doc: 'Lanes of one argon2id hash.' }),
  concurrency: wholeNumber('hashes at a time', {
    min: 1,
    max: 64,
    default: Math.max(1, availableParallelism() - 1),
    defaultText: "one less than the machine's cores, at least 1",
    doc: 'Maximum number of concurrent hashes.',
  }),
  queue: wholeNumber('waiting sign-ins', {
    min: 0,
    max: 10_000,
    default: 400,
    doc:
      'Maximum number of requests that wait for a hash, at most a quarter of them of one client or network, and an ' +
      'eighth of one account; beyond it: 503 with `Retry-After`.',
  }),
  queueDeadline: milliseconds({
    min: 1,
    max: 60_000,
    default: 2_000,
    doc: 'Maximum wait of a request for a hash; beyond it: 503 with `Retry-After`.',
  }),
} satisfies Record<keyof PasswordOptions, Row>;

/** Reads the option `passwords`: how passwords are hashed, how many concurrently, and which ones may be set. */
export const readPasswords = (checks: Checks, value: unknown, path: Path): PasswordSettings & PasswordRuleSettings => {
  const settings = readGroup(checks, PASSWORD_ROWS, value, path);
  if (settings.memoryCost < 8 * settings.parallelism) {
    checks.fault([...path, 'memoryCost'], 'must be at least 8 KiB for each lane of parallelism (RFC 9106)');
  }
  return settings;
};
