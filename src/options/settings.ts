import type { Api } from '../access/api';
import type { ScopeRules } from '../access/scope-rules';
import type { Declarations } from '../directory/declarations';
import type { PasswordRuleSettings } from '../directory/password-rule';
import type { PasswordSettings } from '../directory/passwords';
import type { MetricsRegistry } from '../events/metrics';
import { createRateLimitedLogger, type Logger } from '../events/logger';
import type { CorsPolicy } from '../protocol/cors';
import type { Deprecation } from '../protocol/deprecation';
import type { IssuerAddress } from '../protocol/metadata';
import type { SignInHook } from '../pages/sign-in-hook';
import { systemClock, type Clock, type Milliseconds } from '../protocol/time';
import type { UserSource } from '../sign-in/user-source';
import type { CacheSettings } from '../stores/near-cache';
import type { SharedMemory } from '../stores/memory/shared-memory';
import type { RedisLike } from '../stores/redis/redis-like';
import type { Limits } from '../throttle/failure-counters';
import { Checks } from './checks';
import { strictClock } from './clock';
import { openGroup } from './field-reader';
import { countedLimits, type Shares } from './limits';
import type { ScopegateOptions } from './options';
import type { EndpointPaths } from '../protocol/endpoints';
import { checkRoles } from './scopes';
import { OPTIONS } from './table';
import type { TokenSettings } from './token-lifetimes';

/** The options, checked, completed and frozen. */
export interface Settings {
  readonly issuer: IssuerAddress;
  readonly scopes: ScopeRules;
  readonly apis: ReadonlyMap<string, Api>;
  readonly redis: RedisLike | undefined;
  /** The memory that the gate shares with the one that it replaces. */
  readonly memory: SharedMemory | undefined;
  /** True if the operator accepts that Redis evicts live keys. */
  readonly redisMayEvict: boolean;
  readonly users: UserSource | undefined;
  readonly directory: Declarations;
  readonly tokens: TokenSettings;
  readonly paths: EndpointPaths;
  /** The sign-in of the host application; `undefined` for the page of the gate. */
  readonly authorization: { readonly signIn: SignInHook | undefined };
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
  /** `undefined`: CORS is left to the host application. */
  readonly cors: CorsPolicy | undefined;
  /** `undefined`: the usage of applications is counted if there is a portal. */
  readonly countsUsage: boolean | undefined;
  readonly requireTls: boolean;
  readonly passwords: PasswordSettings & PasswordRuleSettings;
  readonly passwordGrant: Deprecation;
  /** The limits that are counted in windows: those on failures, and some of `shares`. */
  readonly limits: Limits;
  /** Limits on what one user, client or network may have or do. */
  readonly shares: Shares;
  /** True if failures are counted at all. */
  readonly throttled: boolean;
  readonly logger: Logger;
  readonly clock: Clock;
}

/**
 * Checks and completes options. All faults are reported together.
 *
 * @throws ConfigurationError
 */
export const resolveOptions = (options: ScopegateOptions): Settings => {
  const checks = new Checks();
  const option = openGroup(checks, OPTIONS, options ?? {}, []);
  const issuer = option.read('issuer');
  const scopes = option.read('scopes', option.read('scopesWithoutRoleCheck'));
  const plans = option.read('plans');
  const apis = option.read('apis', { scopes: [...scopes.names], plans });
  const organizations = option.read('organizations');
  const users = option.read('users', organizations);
  const declared = { scopes: [...scopes.names], apis };
  const applications = option.read('applications', declared, organizations);
  const clock = strictClock(option.read('clock'));
  // Real time, because a clock that is passed in may stand still.
  const logger = createRateLimitedLogger(option.read('logger'), systemClock);
  const shares = option.read('limits');
  const redis = option.read('redis');
  const settings: Settings = Object.freeze({
    issuer,
    scopes,
    apis,
    redis,
    memory: option.read('memory', redis),
    redisMayEvict: option.read('redisMayEvict'),
    users: users.source,
    directory: Object.freeze({ organizations, users: users.declared, applications }),
    tokens: option.read('tokens'),
    paths: option.read('paths', issuer, [...apis.values()]),
    authorization: option.read('authorization'),
    realm: option.read('realm', issuer),
    prefix: option.read('prefix'),
    deadline: option.read('deadline'),
    usersDeadline: option.read('usersDeadline'),
    cache: option.read('cache'),
    errors: option.read('errors'),
    metrics: option.read('metrics'),
    ungrantedScopes: option.read('ungrantedScopes'),
    cors: option.read('cors'),
    countsUsage: option.read('usage'),
    requireTls: option.read('requireTls', issuer),
    passwords: option.read('passwords'),
    passwordGrant: option.read('passwordGrant'),
    limits: Object.freeze({ ...option.read('throttle'), ...countedLimits(shares) }),
    shares,
    throttled: option.given('throttle') !== false,
    logger,
    clock,
  });
  checkRoles(checks, scopes, users.source);
  checks.finish();
  return settings;
};

/**
 * Checks options as `scopegate()` does, but opens nothing: for tools that read options from a file.
 *
 * @throws ConfigurationError naming every faulty option
 */
export const checkOptions = (options: ScopegateOptions): void => {
  resolveOptions(options);
};
