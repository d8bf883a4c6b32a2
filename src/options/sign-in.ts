import { availableParallelism } from 'node:os';
import type { PasswordRuleSettings } from '../directory/password-rule';
import type { PasswordSettings } from '../directory/passwords';
import type { Seconds } from '../protocol/time';
import { RULES, type Limit, type Limits, type Rule } from '../throttle/failure-counters';
import type { Checks, Path } from './checks';

/** Reads the option `passwords`: how passwords are hashed, how many concurrently, and which ones may be set. */
export const checkPasswords = (checks: Checks, value: unknown): PasswordSettings & PasswordRuleSettings => {
  const known = ['minLength', 'memoryCost', 'timeCost', 'parallelism', 'concurrency', 'queue', 'queueDeadline'];
  const fields = checks.fields(value, ['passwords'], known) ?? {};
  const whole = (name: string, least: number, most: number, unit: string, fallback: number): number =>
    checks.integer(fields[name], ['passwords', name], least, most, unit) ?? fallback;
  const settings: PasswordSettings & PasswordRuleSettings = {
    minLength: whole('minLength', 1, 128, 'characters', 8),
    memoryCost: whole('memoryCost', 8, 1_048_576, 'KiB', 19_456),
    timeCost: whole('timeCost', 1, 16, 'passes', 2),
    parallelism: whole('parallelism', 1, 16, 'lanes', 1),
    concurrency: whole('concurrency', 1, 64, 'hashes at a time', Math.max(1, availableParallelism() - 1)),
    queue: whole('queue', 0, 10_000, 'waiting sign-ins', 100),
    queueDeadline: whole('queueDeadline', 1, 60_000, 'milliseconds', 2_000),
  };
  if (settings.memoryCost < 8 * settings.parallelism) {
    checks.fault(['passwords', 'memoryCost'], 'must be at least 8 KiB for each lane of parallelism (RFC 9106)');
  }
  return Object.freeze(settings);
};

/** Reads the option `throttle`: the limits on failed sign-ins. */
export const checkThrottle = (checks: Checks, value: unknown): Limits => {
  const fields = checks.fields(value === false ? undefined : value, ['throttle'], RULES) ?? {};
  const limit = (rule: Rule, failures: number, window: Seconds): Limit => {
    const path: Path = ['throttle', rule];
    const given = checks.fields(fields[rule], path, ['failures', 'window']) ?? {};
    return Object.freeze({
      failures: checks.integer(given['failures'], [...path, 'failures'], 1, 1_000_000, 'failures') ?? failures,
      window: checks.integer(given['window'], [...path, 'window'], 1, 86_400, 'seconds') ?? window,
    });
  };
  return Object.freeze({
    accountAndAddress: limit('accountAndAddress', 10, 900),
    address: limit('address', 100, 900),
    account: limit('account', 200, 3_600),
    clientAndAddress: limit('clientAndAddress', 10, 900),
    unknownClients: limit('unknownClients', 100, 900),
    unknownTokens: limit('unknownTokens', 500, 60),
  });
};
