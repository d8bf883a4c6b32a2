import { processWarnings } from '../events/logger';
import type { IssuerAddress } from '../protocol/metadata';
import { API_ROWS } from './api-rows';
import { readApis } from './apis';
import { APPLICATION_ROWS, readApplications } from './applications';
import { AUTHORIZATION_ROWS, readAuthorization } from './authorization';
import { CACHE_ROWS, readCache } from './cache';
import type { Checks, Path } from './checks';
import { readClock } from './clock';
import { CORS_ROWS, readCors } from './cors';
import { readIssuerOption } from './issuer';
import { LIMIT_ROWS, readLimits } from './limits';
import { readLogger, readMemory, readMetrics, readRedis } from './objects';
import type { ScopegateOptions } from './options';
import { ORGANIZATION_ROWS, readOrganizations } from './organizations';
import { PASSWORD_ROWS, readPasswords } from './passwords';
import { PASSWORD_GRANT_ROWS, readPasswordGrant } from './password-grant';
import { PATH_ROWS, readPaths } from './paths';
import { ALLOWANCE_ROWS, readPlans } from './plans';
import { choice, customRow, flag, milliseconds, textWithDefault, type Row } from './row';
import { readPatterns, readScopes, SCOPE_ROWS } from './scopes';
import { readThrottle, THROTTLE_ROWS } from './throttle';
import { readTokens, TOKEN_ROWS } from './token-lifetimes';
import { readUsers, USER_ROWS } from './users';

const REALM = {
  pattern: /^[\x20-\x21\x23-\x5B\x5D-\x7E]{1,128}$/,
  rule: '1 to 128 visible ASCII characters or spaces, without quotes or backslashes',
};

/** Every option of `scopegate()`. The options are read by these rows, and docs/options.md is generated from them. */
export const OPTIONS = {
  issuer: customRow({
    type: 'string',
    default: 'required',
    range: '`https`, or `http` on the loopback or for trials; no query, no fragment',
    doc: 'URL of the authorization server as clients use it (RFC 8414 §2); endpoint URLs are this plus their path.',
    read: readIssuerOption,
  }),
  scopes: customRow({
    type: 'Record<string, string | ScopeDeclaration>',
    range: 'names of 1 to 128 visible ASCII characters; `default` is reserved',
    doc:
      'The only declaration of scopes: by name, the description or the fields of each; one with roles is granted to ' +
      'users with any of them.',
    fields: SCOPE_ROWS,
    entries: 'record',
    read: readScopes,
  }),
  plans: customRow({
    type: 'Record<string, PlanDeclaration>',
    range: 'names of 1 to 64 letters, digits, dots, hyphens or underscores; `resource` is reserved',
    doc: 'The [plans](plans.md) of subscriptions by name: how many requests each admits.',
    fields: ALLOWANCE_ROWS,
    entries: 'record',
    read: readPlans,
  }),
  apis: customRow({
    type: 'Record<string, ApiDeclaration>',
    range: 'names of 1 to 64 letters, digits, dots, hyphens or underscores',
    doc: 'The APIs by name, whose resources [`gate.api(name)`](guards.md) guards and to which applications subscribe.',
    fields: API_ROWS,
    entries: 'record',
    read: readApis,
  }),
  redis: customRow({
    type: 'RedisLike',
    default: 'the memory of the process',
    range: 'ioredis 5.4 or later, or 6',
    doc: 'The [Redis client](redis.md) through which tokens and directory are stored.',
    read: readRedis,
  }),
  memory: customRow({
    type: 'MemoryStore',
    default: 'a store that ends with the gate',
    range: 'from `createMemoryStore()`, without `redis`',
    doc:
      'A store in the memory of this process that a gate with other options [takes over]' +
      '(deployment.md#changing-options-without-a-restart).',
    read: readMemory,
  }),
  redisMayEvict: flag({
    default: false,
    doc:
      'True to accept a Redis that may [evict live keys](redis.md#eviction), by an evicting `maxmemory-policy` and a ' +
      '`maxmemory` limit; otherwise the gate is not ready then.',
  }),
  users: customRow({
    type: 'VerifyUser | UserSource | UserDeclaration[]',
    default: 'the directory alone',
    range: 'a function, `{ verify, find }`, or a list',
    doc: 'A function or an object that [verifies users](users.md), or a list of declared users.',
    fields: USER_ROWS,
    entries: 'list',
    read: readUsers,
  }),
  organizations: customRow({
    type: 'OrganizationDeclaration[]',
    doc: 'The declared organizations.',
    fields: ORGANIZATION_ROWS,
    entries: 'list',
    read: readOrganizations,
  }),
  applications: customRow({
    type: 'ApplicationDeclaration[]',
    doc: 'The declared applications with their key pairs.',
    fields: APPLICATION_ROWS,
    entries: 'list',
    read: readApplications,
  }),
  tokens: customRow({
    type: 'TokenOptions',
    default: '`{}`',
    doc: 'Lifetimes of tokens and grants.',
    fields: TOKEN_ROWS,
    read: readTokens,
  }),
  paths: customRow({
    type: 'PathOptions',
    default: '`{}`',
    doc: 'Paths of the endpoints, below the mount path of `gate.routes()`; `false`: not mounted.',
    fields: PATH_ROWS,
    read: readPaths,
  }),
  authorization: customRow({
    type: 'AuthorizationOptions',
    default: '`{}`',
    doc: 'The [authorization endpoint](authorization-code.md).',
    fields: AUTHORIZATION_ROWS,
    read: readAuthorization,
  }),
  realm: customRow({
    type: 'string',
    default: "the issuer's host",
    range: REALM.rule,
    doc: 'The realm in challenges.',
    read: (checks: Checks, value: unknown, path: Path, issuer: IssuerAddress) =>
      checks.text(value, path, REALM.pattern, REALM.rule) ?? new URL(issuer.origin).host,
  }),
  prefix: textWithDefault({
    pattern: /^[A-Za-z0-9:._-]{1,64}$/,
    rule: '1 to 64 letters, digits and :._- characters',
    default: 'sg:',
    doc: 'The prefix of all keys in Redis; database and prefix separate two gates on one Redis.',
  }),
  deadline: milliseconds({
    min: 10,
    max: 60_000,
    default: 250,
    doc: 'Maximum wait for each command to the store; a request sends up to eight, one after the other. Beyond it: 503 with `Retry-After`.',
  }),
  usersDeadline: milliseconds({
    min: 10,
    max: 60_000,
    default: 5_000,
    doc: 'Maximum wait for a `users` function; beyond it: 503.',
  }),
  cache: customRow({
    type: 'CacheOptions | false',
    default: 'on',
    doc:
      'Cache of recently read tokens and directory records, used while this gate is known to receive the revocations ' +
      'and changes of all gates; `false` reads the store each time.',
    fields: CACHE_ROWS,
    read: readCache,
  }),
  errors: choice({
    values: ['oauth', 'wso2'],
    default: 'oauth',
    doc:
      "Format of the guards' refusals: as OAuth defines it, or `{ code, message, description }` with the codes of " +
      'WSO2 API Manager; status and headers are the same.',
  }),
  metrics: customRow({
    type: 'MetricsRegistry',
    range: 'prom-client 15 or later',
    doc: 'A registry of prom-client for the [metrics](events.md#metrics) of the gate; no other gate may use it.',
    read: readMetrics,
  }),
  ungrantedScopes: choice({
    values: ['drop', 'reject'],
    default: 'drop',
    doc: 'The treatment of a requested scope that cannot be granted: left out, or `invalid_scope`.',
  }),
  scopesWithoutRoleCheck: customRow({
    type: '(string | RegExp)[]',
    doc:
      'Scopes that match one of these need no role; a string is a whole name, in which `*` stands for any ' +
      'characters.',
    read: readPatterns,
  }),
  cors: customRow({
    type: 'boolean | CorsOptions',
    default: '`false`',
    doc:
      'Lets scripts of other origins use the token and revocation endpoints and the guarded routes ([CORS](cors.md)); ' +
      '`true`: of any origin, without cookies.',
    fields: CORS_ROWS,
    read: readCors,
  }),
  usage: customRow({
    type: 'boolean',
    default: '`true` if the gate has a portal',
    doc: 'True to count the [usage](usage.md) of applications also in a gate without a portal, for a portal on the same store.',
    read: (checks: Checks, value: unknown, path: Path) => checks.flag(value, path),
  }),
  requireTls: customRow({
    type: 'boolean',
    default: '`true` if the issuer is https',
    doc: 'True to refuse a plain http request from another machine, or by a proxy that is not trusted, with 400.',
    read: (checks: Checks, value: unknown, path: Path, issuer: IssuerAddress) =>
      checks.flag(value, path) ?? issuer.origin.startsWith('https:'),
  }),
  passwords: customRow({
    type: 'PasswordOptions',
    default: '`{}`',
    doc:
      'Passwords of built-in users: which ones may be set, how they are hashed (argon2id), and how many at a ' +
      "time; the defaults are OWASP's, and may be raised at any time: hashes of users created at run time are renewed at " +
      'their next sign-in.',
    fields: PASSWORD_ROWS,
    read: readPasswords,
  }),
  passwordGrant: customRow({
    type: 'PasswordGrantOptions',
    default: '`{}`',
    doc:
      'Announces the [end of the password grant](leaving-the-password-grant.md) in the headers of the responses to it; ' +
      'nothing is refused because of it.',
    fields: PASSWORD_GRANT_ROWS,
    read: readPasswordGrant,
  }),
  throttle: customRow({
    type: 'ThrottleOptions | false',
    default: 'on',
    doc:
      'Limits on failed sign-ins, in windows that begin with the first failure and do not slide; right credentials ' +
      "never count, addresses follow Express's `trust proxy`, IPv6 by /64; `false` if the host application limits " +
      'them itself.',
    fields: THROTTLE_ROWS,
    read: readThrottle,
  }),
  limits: customRow({
    type: 'ShareOptions',
    default: '`{}`',
    doc: 'Limits on what one user, client or network may have or do, so that none takes the share of the others.',
    fields: LIMIT_ROWS,
    read: readLimits,
  }),
  logger: customRow({
    type: 'Logger',
    default: 'warnings and errors become process warnings',
    range: "`info`, `warn` and `error` as pino's",
    doc: 'The logger, such as pino.',
    read: (checks: Checks, value: unknown, path: Path) => readLogger(checks, value, path) ?? processWarnings,
  }),
  clock: customRow({
    type: 'Clock',
    default: "the system's clock",
    range: '`() => number`, epoch seconds, not milliseconds',
    doc: 'The clock, for your own tests.',
    read: readClock,
  }),
} satisfies Record<keyof ScopegateOptions, Row>;
