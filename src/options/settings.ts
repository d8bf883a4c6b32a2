import type { Declarations } from '../directory/declared';
import type { PasswordRuleSettings } from '../directory/password-rule';
import type { PasswordSettings } from '../directory/passwords';
import type { UserSource } from '../sign-in/user-source';
import { rules as roleRules } from '../directory/values';
import type { MetricsRegistry } from '../events/metrics';
import { createRateLimitedLogger, processWarnings, type Logger } from '../events/logger';
import { kindOfValue } from '../protocol/printed-value';
import type { EndpointPaths } from '../protocol/endpoints';
import type { IssuerAddress } from '../protocol/metadata';
import { systemClock, type Clock, type Milliseconds } from '../protocol/time';
import type { Limits } from '../throttle/failure-counters';
import { checkApis } from './apis';
import type { Api } from '../access/api';
import { Checks, type Fields, type Path } from './checks';
import { checkDirectory } from './directory';
import type { ScopegateOptions } from './options';
import { checkClock, strictClock } from './clock';
import { checkCache } from './cache';
import type { CacheSettings } from '../stores/near-cache';
import { checkIssuer } from './issuer';
import { checkPaths } from './paths';
import type { RedisLike } from '../stores/redis/redis-like';
import { checkPatterns, checkScopes } from './scopes';
import type { ScopeRules } from '../access/scope-rules';
import { checkPasswords, checkThrottle } from './sign-in';
import { checkTokens, type TokenSettings } from './token-lifetimes';

/** The options, checked, completed and frozen. */
export interface Settings {
  readonly issuer: IssuerAddress;
  readonly scopes: ScopeRules;
  readonly apis: ReadonlyMap<string, Api>;
  readonly redis: RedisLike | undefined;
  readonly users: UserSource | undefined;
  readonly directory: Declarations;
  readonly tokens: TokenSettings;
  readonly paths: EndpointPaths;
  readonly realm: string;
  readonly prefix: string;
  readonly deadline: Milliseconds;
  readonly usersDeadline: Milliseconds;
  /** `false`: nothing is cached. */
  readonly cache: CacheSettings | false;
  /** Format of the guards' refusals. */
  readonly errors: 'oauth' | 'wso2';
  readonly metrics: MetricsRegistry | undefined;
  readonly ungrantedScopes: 'drop' | 'reject';
  readonly requireTls: boolean;
  readonly passwords: PasswordSettings & PasswordRuleSettings;
  readonly limits: Limits;
  /** True if failures are counted at all. */
  readonly throttled: boolean;
  readonly logger: Logger;
  readonly clock: Clock;
}

const KNOWN_OPTIONS = [
  'issuer',
  'scopes',
  'apis',
  'redis',
  'users',
  'organizations',
  'applications',
  'tokens',
  'paths',
  'realm',
  'prefix',
  'deadline',
  'usersDeadline',
  'cache',
  'errors',
  'metrics',
  'ungrantedScopes',
  'scopesWithoutRoleCheck',
  'requireTls',
  'passwords',
  'throttle',
  'logger',
  'clock',
] as const satisfies readonly (keyof ScopegateOptions)[];

/** Accepts an object of the integrator if it has the required functions; its class does not matter. */
const checkObject = <T extends object>(
  checks: Checks,
  value: unknown,
  path: Path,
  methods: readonly (keyof T & string)[],
  rule: string,
): T | undefined => {
  if (value === undefined) return undefined;
  const candidate = (typeof value === 'object' && value !== null ? value : {}) as Fields;
  if (methods.every((method) => typeof candidate[method] === 'function')) return value as T;
  return checks.fault(path, `must be ${rule}; got ${kindOfValue(value)}`);
};

/** Reads the option `redis`. An address is a frequent mistake; it may contain a password, so it is not repeated. */
const checkRedis = (checks: Checks, value: unknown): RedisLike | undefined =>
  typeof value === 'string'
    ? checks.fault(['redis'], 'must be an ioredis client, not an address: write redis: new Redis(address)')
    : checkObject<RedisLike>(checks, value, ['redis'], methodsOfRedis, 'an ioredis client');

/** Reports roles that no user of the directory can have, because no user could get their scopes. */
const checkDirectoryRoles = (checks: Checks, scopes: ScopeRules): void => {
  for (const scope of scopes.names) {
    scopes.rolesOf(scope).forEach((role, index) => {
      checks.text(role, ['scopes', scope, 'roles', index], roleRules.role.pattern, roleRules.role.text);
    });
  }
};

const methodsOfRedis = ['duplicate', 'call', 'on', 'off', 'disconnect'] as const;
const methodsOfLogger = ['info', 'warn', 'error'] as const;

/**
 * Checks and completes options. All faults are reported together.
 *
 * @throws ConfigurationError
 */
export const resolveOptions = (options: ScopegateOptions): Settings => {
  const checks = new Checks();
  const fields: Fields = checks.fields(options ?? {}, [], KNOWN_OPTIONS) ?? {};
  const issuer = checkIssuer(checks, fields['issuer']);
  const scopes = checkScopes(checks, fields['scopes'], checkPatterns(checks, fields['scopesWithoutRoleCheck']));
  const apis = checkApis(checks, fields['apis'], [...scopes.names]);
  const prefixRule = '1 to 64 letters, digits and :._- characters';
  const realmRule = '1 to 128 visible ASCII characters or spaces, without quotes or backslashes';
  const milliseconds = (name: string, fallback: Milliseconds): Milliseconds =>
    checks.integer(fields[name], [name], 10, 60_000, 'milliseconds') ?? fallback;
  const { users, directory } = checkDirectory(checks, fields, { scopes: [...scopes.names], apis: [...apis.keys()] });
  const clock = checkClock(checks, fields['clock']);
  const givenLogger =
    checkObject<Logger>(checks, fields['logger'], ['logger'], methodsOfLogger, 'an object with info, warn and error') ??
    processWarnings;
  // Real time, because a clock that is passed in may stand still.
  const logger = createRateLimitedLogger(givenLogger, systemClock);
  const settings: Settings = {
    issuer,
    scopes,
    apis,
    redis: checkRedis(checks, fields['redis']),
    users,
    directory,
    tokens: checkTokens(checks, fields['tokens']),
    paths: checkPaths(checks, fields['paths'], issuer, [...apis.values()]),
    realm:
      checks.text(fields['realm'], ['realm'], /^[\x20-\x21\x23-\x5B\x5D-\x7E]{1,128}$/, realmRule) ??
      new URL(issuer.origin).host,
    prefix: checks.text(fields['prefix'], ['prefix'], /^[A-Za-z0-9:._-]{1,64}$/, prefixRule) ?? 'sg:',
    deadline: milliseconds('deadline', 250),
    usersDeadline: milliseconds('usersDeadline', 5_000),
    cache: checkCache(checks, fields['cache']),
    errors: checks.oneOf(fields['errors'], ['errors'], ['oauth', 'wso2'] as const) ?? 'oauth',
    metrics: checkObject<MetricsRegistry>(
      checks,
      fields['metrics'],
      ['metrics'],
      ['registerMetric', 'removeSingleMetric'],
      'a prom-client registry',
    ),
    ungrantedScopes:
      checks.oneOf(fields['ungrantedScopes'], ['ungrantedScopes'], ['drop', 'reject'] as const) ?? 'drop',
    requireTls: checks.flag(fields['requireTls'], ['requireTls']) ?? issuer.origin.startsWith('https:'),
    passwords: checkPasswords(checks, fields['passwords']),
    limits: checkThrottle(checks, fields['throttle']),
    throttled: fields['throttle'] !== false,
    logger,
    clock: strictClock(clock),
  };
  if (scopes.rechecked.size > 0 && users !== undefined && users.find === undefined) {
    const problem = "needs to ask for a user's present roles: give users as { verify, find }";
    for (const scope of scopes.rechecked) checks.fault(['scopes', scope, 'recheckRoles'], problem);
  }
  if (users === undefined) checkDirectoryRoles(checks, scopes);
  checks.finish();
  return Object.freeze(settings);
};

/**
 * Checks options as `scopegate()` does, but opens nothing: for tools that read options from a file.
 *
 * @throws ConfigurationError naming every faulty option
 */
export const checkOptions = (options: ScopegateOptions): void => {
  resolveOptions(options);
};
