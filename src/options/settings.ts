import type { Declarations } from '../directory/declared';
import type { PasswordSettings } from '../directory/passwords';
import type { UserSource } from '../directory/user-source';
import { processWarnings, sparing, type Logger } from '../events/logger';
import { isCanonicalTarget } from '../protocol/paths';
import { systemClock, YEAR_3000, type Clock, type Milliseconds, type Seconds } from '../protocol/time';
import type { Limits } from '../throttle/failure-counters';
import type { TokenLifetimes } from '../tokens/issued-tokens';
import { checkApis, type Api } from './apis';
import { Checks, type Path } from './checks';
import { checkDirectory } from './directory';
import type { ScopegateOptions } from './options';
import type { RedisLike } from './redis-like';
import { checkPatterns, checkScopes, type ScopeRules } from './scopes';
import { checkPasswords, checkThrottle } from './sign-in';

export interface TokenSettings extends TokenLifetimes {
  readonly maxAccessTokenLifetime: Seconds;
}

export interface Paths {
  readonly token: string | false;
  readonly live: string | false;
  readonly ready: string | false;
}

/** The options, checked, completed and frozen. */
export interface Settings {
  readonly issuer: URL;
  readonly scopes: ScopeRules;
  readonly apis: ReadonlyMap<string, Api>;
  readonly redis: RedisLike | undefined;
  readonly users: UserSource | undefined;
  readonly directory: Declarations;
  readonly tokens: TokenSettings;
  readonly paths: Paths;
  readonly realm: string;
  readonly prefix: string;
  readonly deadline: Milliseconds;
  readonly usersDeadline: Milliseconds;
  readonly ungrantedScopes: 'drop' | 'reject';
  readonly requireTls: boolean;
  readonly passwords: PasswordSettings;
  readonly limits: Limits;
  /** Whether failures are counted at all. */
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
  'ungrantedScopes',
  'scopesWithoutRoleCheck',
  'requireTls',
  'passwords',
  'throttle',
  'logger',
  'clock',
] as const satisfies readonly (keyof ScopegateOptions)[];

type Fields = Readonly<Record<string, unknown>>;

const checkIssuer = (checks: Checks, value: unknown): URL => {
  const rule = 'an http or https address without query, fragment or credentials, such as https://api.example.com';
  const text = checks.required(value, ['issuer'], /^https?:\/\/[^\s?#@]+$/, rule);
  const issuer = text === undefined ? undefined : parseUrl(text);
  if (text !== undefined && issuer === undefined) checks.fault(['issuer'], `must be ${rule}`);
  return issuer ?? new URL('http://127.0.0.1');
};

const parseUrl = (text: string): URL | undefined => {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
};

const checkTokens = (checks: Checks, value: unknown): TokenSettings => {
  const known = [
    'accessTokenLifetime',
    'refreshTokenLifetime',
    'grantLifetime',
    'refreshGrace',
    'maxAccessTokenLifetime',
  ];
  const fields = checks.fields(value, ['tokens'], known) ?? {};
  const seconds = (name: string, least: number, most: number, fallback: Seconds): Seconds =>
    checks.integer(fields[name], ['tokens', name], least, most, 'seconds') ?? fallback;
  const maxAccessTokenLifetime = seconds('maxAccessTokenLifetime', 1, 2_592_000, 86_400);
  return Object.freeze({
    accessTokenLifetime: seconds(
      'accessTokenLifetime',
      1,
      maxAccessTokenLifetime,
      Math.min(3_600, maxAccessTokenLifetime),
    ),
    refreshTokenLifetime: seconds('refreshTokenLifetime', 1, 31_536_000, 86_400),
    grantLifetime: seconds('grantLifetime', 1, 315_360_000, 2_592_000),
    refreshGrace: seconds('refreshGrace', 0, 60, 10),
    maxAccessTokenLifetime,
  });
};

const checkPaths = (checks: Checks, value: unknown): Paths => {
  const fields = checks.fields(value, ['paths'], ['token', 'live', 'ready']) ?? {};
  const path = (name: keyof Paths, fallback: string): string | false => {
    if (fields[name] === false) return false;
    const rule = 'a path such as /token, or false to leave it out';
    return checks.text(fields[name], ['paths', name], /^(?:\/[A-Za-z0-9._~-]+)+$/, rule) ?? fallback;
  };
  const paths: Paths = {
    token: path('token', '/token'),
    live: path('live', '/health/live'),
    ready: path('ready', '/health/ready'),
  };
  const seen = new Set<string>();
  for (const [name, text] of Object.entries(paths) as [keyof Paths, string | false][]) {
    if (text === false) continue;
    if (!isCanonicalTarget(text)) checks.fault(['paths', name], 'must not have dot segments');
    if (seen.has(text)) checks.fault(['paths', name], `is the path of another endpoint already: ${text}`);
    seen.add(text);
  }
  return Object.freeze(paths);
};

/** Takes an object of the integrator's by the functions it must have; its own class does not matter. */
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
  return checks.fault(path, `must be ${rule}`);
};

const answerOf = (clock: () => unknown): unknown => {
  try {
    return clock();
  } catch {
    return undefined;
  }
};

const checkClock = (checks: Checks, value: unknown): Clock => {
  if (value === undefined) return systemClock;
  if (typeof value !== 'function')
    return checks.fault(['clock'], 'must be a function that answers epoch seconds') ?? systemClock;
  const now = answerOf(value as () => unknown);
  if (typeof now === 'number' && now >= 0 && now < YEAR_3000) return value as Clock;
  return checks.fault(['clock'], 'must answer epoch seconds, not milliseconds: () => Date.now() / 1000') ?? systemClock;
};

const methodsOfRedis = ['duplicate', 'call', 'on', 'off', 'disconnect'] as const;
const methodsOfLogger = ['info', 'warn', 'error'] as const;

/**
 * Checks and completes options. All faults are reported at once.
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
  const logger =
    checkObject<Logger>(checks, fields['logger'], ['logger'], methodsOfLogger, 'an object with info, warn and error') ??
    processWarnings;
  const settings: Settings = {
    issuer,
    scopes,
    apis,
    redis: checkObject<RedisLike>(checks, fields['redis'], ['redis'], methodsOfRedis, 'an ioredis client'),
    users,
    directory,
    tokens: checkTokens(checks, fields['tokens']),
    paths: checkPaths(checks, fields['paths']),
    realm: checks.text(fields['realm'], ['realm'], /^[\x20-\x21\x23-\x5B\x5D-\x7E]{1,128}$/, realmRule) ?? issuer.host,
    prefix: checks.text(fields['prefix'], ['prefix'], /^[A-Za-z0-9:._-]{1,64}$/, prefixRule) ?? 'sg:',
    deadline: milliseconds('deadline', 250),
    usersDeadline: milliseconds('usersDeadline', 5_000),
    ungrantedScopes:
      checks.oneOf(fields['ungrantedScopes'], ['ungrantedScopes'], ['drop', 'reject'] as const) ?? 'drop',
    requireTls: checks.flag(fields['requireTls'], ['requireTls']) ?? issuer.protocol === 'https:',
    passwords: checkPasswords(checks, fields['passwords']),
    limits: checkThrottle(checks, fields['throttle']),
    throttled: fields['throttle'] !== false,
    logger: sparing(logger, systemClock), // real time: a clock that is passed in may stand still
    clock,
  };
  checks.finish();
  return Object.freeze(settings);
};

/**
 * Says what `scopegate()` would say of these options, and opens nothing: for tools that read options from a file.
 *
 * @throws ConfigurationError naming every option at fault
 */
export const checkOptions = (options: ScopegateOptions): void => {
  resolveOptions(options);
};
