import type { GrantType } from '../directory/records';
import type { UserSource, VerifyUser } from '../directory/user-source';
import type { MetricsRegistry } from '../events/metrics';
import type { Logger } from '../events/logger';
import type { Clock, Milliseconds, Seconds } from '../protocol/time';
import type { RedisLike } from './redis-like';

/** A scope and who may have it. A bare string is its description. */
export interface ScopeDeclaration {
  /** The description that people read. */
  readonly description?: string;
  /** A user with any of these roles may have the scope. Left out: every user. */
  readonly roles?: readonly string[];
  /**
   * Read the user's roles anew at each guarded request, so that taking a role away closes access at once and not when
   * the token ends. It costs a look-up; `users` must be the directory or have `find`. @default false
   */
  readonly recheckRoles?: boolean;
}

/** A part of an API: a path below the API's context, and what a request to it needs. */
export interface ResourceDeclaration<S extends string = string> {
  /** `/` is the context itself, with and without its slash. `:name` stands for one segment. Case matters. */
  readonly path: string;
  /** Upper-case method names. HEAD follows GET. */
  readonly methods: readonly string[];
  /** All of these. */
  readonly scopes?: readonly S[];
  /** Any of these. */
  readonly anyOf?: readonly S[];
  /** `true`: no token is asked for, and one that comes is not looked at. */
  readonly public?: boolean;
}

export interface ApiDeclaration<S extends string = string> {
  readonly title?: string;
  readonly version?: string;
  /** The public prefix of its paths, such as `/orders`. @default `/` and the API's name */
  readonly context?: string;
  /** True if tokens of sandbox keys are accepted; `gate.auth(req).environment` tells which one came. @default false */
  readonly sandbox?: boolean;
  /** Give these, or `openapi`. */
  readonly resources?: readonly ResourceDeclaration<S>[];
  /** An OpenAPI 3 document, parsed, whose `security` says what each operation needs; in place of `resources`. */
  readonly openapi?: object;
}

export interface OrganizationDeclaration {
  /** The part of a user name after the last `@`. Letters, digits, dots, hyphens, underscores; case does not matter. */
  readonly key: string;
  readonly name?: string;
}

export interface UserDeclaration {
  /** The name without the organization. It may be an e-mail address. */
  readonly username: string;
  /** The key of the organization. Needed where there are any. */
  readonly organization?: string;
  /** The password in clear; hashed at start. Or give `passwordHash`. */
  readonly password?: string;
  /** An argon2id hash in PHC form (`$argon2id$v=19$m=…,t=…,p=…$…`). */
  readonly passwordHash?: string;
  readonly roles?: readonly string[];
}

export interface ApplicationDeclaration<S extends string = string> {
  readonly name: string;
  /** The `client_id`: visible ASCII without a colon, 128 characters at the most. */
  readonly consumerKey: string;
  /** The `client_secret`: visible ASCII, 256 characters at the most. In a Basic header `%` and `+` must be form-encoded. */
  readonly consumerSecret: string;
  /** The full name of its owner. The application belongs to the owner's organization and signs in only its users. */
  readonly owner?: string;
  /** @default all that the gate offers */
  readonly grantTypes?: readonly GrantType[];
  /**
   * Another key pair. An API refuses its tokens unless it takes sandbox tokens; guards outside of APIs let them in, and
   * `gate.auth(req).environment` tells them apart.
   */
  readonly sandbox?: { readonly consumerKey: string; readonly consumerSecret: string };
  /**
   * Names of the APIs that it subscribes to: it gets scopes of these alone, and its tokens open these alone.
   * @default none
   */
  readonly subscriptions?: readonly string[];
  /**
   * The most that it may ever ask for. A scope with roles that is listed here is given to the application itself too
   * (`client_credentials`), and so is one that no API needs, where there are APIs.
   * @default all scopes, of the APIs that it subscribes to where there are APIs
   */
  readonly scopes?: readonly S[];
  /** True if it may introspect the access tokens of its whole organization (RFC 7662). @default false */
  readonly introspect?: boolean;
}

export interface TokenOptions {
  /** Life of an access token (`expires_in`, RFC 6749 §5.1), 1 to `maxAccessTokenLifetime`. @default 3600 */
  readonly accessTokenLifetime?: Seconds;
  /** Life of a refresh token, counted from each rotation, 1 to 31536000. @default 86400 */
  readonly refreshTokenLifetime?: Seconds;
  /** Life of a grant, however often its refresh token rotates, 1 to 315360000. It never slides. @default 2592000 */
  readonly grantLifetime?: Seconds;
  /**
   * For how long a repeat of a refresh is answered with the identical pair, for clients that lost the answer; 0 to 60. A
   * request with the spent token that asks for another scope is refused, and the grant goes on.
   * 0 turns it off: a second use ends the grant at once (RFC 9700 §4.14), also that of a client that lost the answer.
   * @default 10
   */
  readonly refreshGrace?: Seconds;
  /** The most that anyone may make an access token live, 1 to 2592000. @default 86400 */
  readonly maxAccessTokenLifetime?: Seconds;
}

/** Options of the cache in front of the store. */
export interface CacheOptions {
  /** 1 to 1000000. @default 10000 */
  readonly maxEntries?: number;
  /** The maximum age of an entry, 1 to 60: an external deletion in the store takes effect after it at the latest. @default 5 */
  readonly maxAge?: Seconds;
}

/** Where the endpoints are, below the mount of `gate.routes()`. `false`: not mounted. */
export interface PathOptions {
  /** @default '/token' */
  readonly token?: string | false;
  /** RFC 7009. @default '/revoke' */
  readonly revoke?: string | false;
  /** RFC 7662. @default '/introspect' */
  readonly introspect?: string | false;
  /** RFC 8414, `/.well-known/oauth-authorization-server`. */
  readonly authorizationServerMetadata?: false;
  /** RFC 9728, `/.well-known/oauth-protected-resource`; challenges lead there. */
  readonly protectedResourceMetadata?: false;
  /** @default '/health/live' */
  readonly live?: string | false;
  /** @default '/health/ready' */
  readonly ready?: string | false;
}

/** Passwords of built-in users: which ones may be set, how they are hashed (argon2id), and how many at a time. */
export interface PasswordOptions {
  /**
   * The fewest characters of a password that is set at run time (sign-up, change of password, `gate.directory.users`), in Unicode
   * code points, 1 to 128. Common passwords and the user name are refused too. Users of the `users` list keep theirs.
   * @default 8
   */
  readonly minLength?: number;
  /** KiB, 8 to 1048576. @default 19456 */
  readonly memoryCost?: number;
  /** Passes, 1 to 16. @default 2 */
  readonly timeCost?: number;
  /** Lanes, 1 to 16. @default 1 */
  readonly parallelism?: number;
  /** Hashes at a time, 1 to 64. @default one less than the machine's cores, at least 1 */
  readonly concurrency?: number;
  /** Requests that may wait for their turn, 0 to 10000. Over it: 503 with `Retry-After`. @default 100 */
  readonly queue?: number;
  /** Longest wait for a turn, in milliseconds, 1 to 60000. Over it: 503 with `Retry-After`. @default 2000 */
  readonly queueDeadline?: Milliseconds;
}

/** Failures that are borne, and in how long. */
export interface LimitOptions {
  /** 1 to 1000000. */
  readonly failures?: number;
  /** 1 to 86400. It begins with the first failure and does not slide. */
  readonly window?: Seconds;
}

/**
 * How many failed sign-ins are borne. Addresses are what Express's `trust proxy` makes of them, IPv6 by /64. Right
 * credentials never count.
 */
export interface ThrottleOptions {
  /** Wrong passwords for one account from one address; over it `invalid_grant`. @default 10 in 900 seconds */
  readonly accountAndAddress?: LimitOptions;
  /** Wrong passwords from one address; over it 429 with `Retry-After`. @default 100 in 900 seconds */
  readonly address?: LimitOptions;
  /**
   * Wrong passwords for one account from all addresses; over it `invalid_grant` for addresses from which the account
   * has not signed in before. @default 200 in 3600 seconds
   */
  readonly account?: LimitOptions;
  /** Wrong secrets of one client from one address; over it 429 with `Retry-After`. @default 10 in 900 seconds */
  readonly clientAndAddress?: LimitOptions;
  /**
   * Client ids that do not exist from one address; over it every failed authentication from there is 429 with `Retry-After`,
   * and the store is asked about few of them. Right credentials are still accepted. @default 100 in 900 seconds
   */
  readonly unknownClients?: LimitOptions;
  /**
   * Tokens that one client asks about from one address at the introspection endpoint in vain; over it 429 with
   * `Retry-After`. Live tokens that it may see are answered all the same. @default 500 in 60 seconds
   */
  readonly unknownTokens?: LimitOptions;
}

export interface ScopegateOptions<S extends string = string> {
  /**
   * The address of the authorization server as clients see it (RFC 8414 §2): `https`, or `http` on the loopback or for
   * trials. No query, no fragment. Endpoint addresses are this plus their path.
   */
  readonly issuer: string;
  /** The only place where scope names are written. `default` is reserved. */
  readonly scopes?: Readonly<Record<S, string | ScopeDeclaration>>;
  /** APIs whose resources `gate.api(name)` guards. */
  readonly apis?: Readonly<Record<string, ApiDeclaration<NoInfer<S>>>>;
  /** An ioredis client (5.4 or later, or 6). Left out: tokens and directory live in this process's memory. */
  readonly redis?: RedisLike;
  /** A function or a source that knows users, or a list of declared ones. Left out: the directory alone. */
  readonly users?: VerifyUser | UserSource | readonly UserDeclaration[];
  readonly organizations?: readonly OrganizationDeclaration[];
  readonly applications?: readonly ApplicationDeclaration<NoInfer<S>>[];
  readonly tokens?: TokenOptions;
  readonly paths?: PathOptions;
  /** Printed in challenges. @default the issuer's host */
  readonly realm?: string;
  /** The prefix of all keys in Redis. Database and prefix separate two gates on one Redis. @default 'sg:' */
  readonly prefix?: string;
  /** Longest wait for the store, in milliseconds, 10 to 60000. Over it: 503 with `Retry-After`. @default 250 */
  readonly deadline?: Milliseconds;
  /**
   * Tokens that were looked up a moment ago are answered from memory, as long as revocations of all gates are proved to be
   * heard. `false` asks the store each time.
   */
  readonly cache?: CacheOptions | false;
  /**
   * How guards word their refusals: as OAuth does, or with the codes of WSO2 API Manager (`code`, `message`,
   * `description`). Status and headers are the same. @default 'oauth'
   */
  readonly errors?: 'oauth' | 'wso2';
  /** A registry of prom-client 15 or later, in which events are counted. No other gate may use it. */
  readonly metrics?: MetricsRegistry;
  /** Longest wait for a `users` function, in milliseconds, 10 to 60000. Over it: 503. @default 5000 */
  readonly usersDeadline?: Milliseconds;
  /** The treatment of a requested scope that cannot be granted: left out, or `invalid_scope`. @default 'drop' */
  readonly ungrantedScopes?: 'drop' | 'reject';
  /** Scopes that match one of these need no role. A text is a whole name, in which `*` stands for any characters. */
  readonly scopesWithoutRoleCheck?: readonly (string | RegExp)[];
  /** Refuse a plain request from another machine with 400. @default whether the issuer is https */
  readonly requireTls?: boolean;
  readonly passwords?: PasswordOptions;
  /** How failed sign-ins are slowed down. `false` where the host does that in another place. */
  readonly throttle?: ThrottleOptions | false;
  /** @default warnings and errors become process warnings */
  readonly logger?: Logger;
  /** @default the system's clock */
  readonly clock?: Clock;
}
