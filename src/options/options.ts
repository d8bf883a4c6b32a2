import type { ApiStatus } from '../access/lifecycle';
import type { ENDPOINTS, PathEndpointName } from '../protocol/endpoints';
import type { GrantType } from '../protocol/grant-types';
import type { SignInHook } from '../pages/sign-in-hook';
import type { UserSource, VerifyUser } from '../sign-in/user-source';
import type { MetricsRegistry } from '../events/metrics';
import type { Logger } from '../events/logger';
import type { Clock, Milliseconds, Seconds } from '../protocol/time';
import type { MemoryStore } from '../stores/memory/shared-memory';
import type { RedisLike } from '../stores/redis/redis-like';

/** A scope and the users who may have it. A string is its description. */
export interface ScopeDeclaration {
  /** Description that is shown to users. */
  readonly description?: string;
  /** A user with any of these roles may have the scope. @default every user */
  readonly roles?: readonly string[];
  /**
   * True to re-read the user's roles at each guarded request, so that removing a role ends access immediately and not
   * when the token expires. It costs a lookup; `users` must be the directory or have `find`. @default false
   */
  readonly recheckRoles?: boolean;
}

/**
 * A number of requests per window. A window begins with its first request and does not slide: the next one begins with
 * the first request after its end.
 */
export interface AllowanceDeclaration {
  /** Requests in a window, 1 to 1000000000. */
  readonly requests: number;
  /** Length of a window in seconds, 1 to 2678400 (31 days). */
  readonly per: Seconds;
  /**
   * Requests that may arrive together, 1 to `requests`. After them, one more is admitted every `per / requests` seconds.
   * @default the whole window
   */
  readonly burst?: number;
}

/** How many requests a subscription admits. Counted over all gates, for each environment of an application. */
export type PlanDeclaration = AllowanceDeclaration;

/** How many requests a resource admits, besides the plan of the subscription. */
export interface ResourceLimitDeclaration extends AllowanceDeclaration {
  /**
   * The requests that share the allowance: those of an application in one environment, of a user, or of an address.
   * Requests without a user count for their application. A public resource can only be limited by address.
   * @default 'application'; 'address' for a public resource
   */
  readonly by?: 'application' | 'user' | 'address';
}

/** A part of an API: a path below the API's context, and what a request to it requires. */
export interface ResourceDeclaration<S extends string = string> {
  /** `/` is the context itself, with and without its slash. `:name` stands for one segment. Case-sensitive. */
  readonly path: string;
  /** Upper-case method names. HEAD follows GET. */
  readonly methods: readonly string[];
  /** All of these scopes are required. */
  readonly scopes?: readonly S[];
  /** One of these scopes is required. */
  readonly anyOf?: readonly S[];
  /** `true`: no token is required, and a token that is sent is ignored. @default false */
  readonly public?: boolean;
  /** The requests that are admitted, besides those of the plan. Beyond it: 429 with `Retry-After`. @default no limit */
  readonly limit?: ResourceLimitDeclaration;
  /** One line about the resource for the portal, 1 to 200 characters. */
  readonly summary?: string;
  /** A description for the portal, 1 to 10000 characters: paragraphs, lists, code and links. */
  readonly description?: string;
}

/** The state of an API with the dates that its responses announce. No date changes the state. */
export interface LifecycleDeclaration {
  /** @default 'published' */
  readonly status?: ApiStatus;
  /** From when on the API is deprecated: `Deprecation` (RFC 9745). A date such as `2027-01-01`, or a time in UTC. */
  readonly deprecation?: string | Date;
  /** When the API is expected to be gone: `Sunset` (RFC 8594). Not before `deprecation`. */
  readonly sunset?: string | Date;
}

export interface ApiDeclaration<S extends string = string> {
  /** APIs of the same title and different versions are shown as versions of each other. @default that of the OpenAPI document, or the name of the API */
  readonly title?: string;
  /** @default that of the OpenAPI document */
  readonly version?: string;
  /**
   * A description for the portal, 1 to 10000 characters: paragraphs, lists, code and links. The first paragraph is the
   * summary. @default that of the OpenAPI document
   */
  readonly description?: string;
  /** Subjects by which the catalogue can be filtered: at most 20 strings of 1 to 50 characters. @default the `tags` of the OpenAPI document */
  readonly tags?: readonly string[];
  /**
   * The state of the API, alone or with the dates that its responses announce. `deprecated`: subscriptions work, and the
   * portal accepts no new ones. `retired`: guards answer every request with 410. @default 'published'
   */
  readonly lifecycle?: ApiStatus | LifecycleDeclaration;
  /** The public prefix of its paths, such as `/orders`. @default `/` and the name of the API */
  readonly context?: string;
  /** True if tokens of sandbox keys are accepted; `gate.auth(req).environment` distinguishes them. @default false */
  readonly sandbox?: boolean;
  /**
   * True if its guards also accept the token of a WebSocket handshake in `Sec-WebSocket-Protocol: bearer, <token>`, and
   * a one-time ticket in `?ticket=`, because scripts in browsers cannot set its Authorization header. @default false
   */
  readonly websocket?: boolean;
  /**
   * True if a subscription that a user makes in the portal, and another plan of one, waits for the approval of an
   * administrator or the operator. @default false
   */
  readonly approval?: boolean;
  /** Names of the plans of its subscriptions, the default one first. @default subscriptions are not limited */
  readonly plans?: readonly string[];
  /** The resources of the API. Give either these or `openapi`. */
  readonly resources?: readonly ResourceDeclaration<S>[];
  /**
   * A parsed OpenAPI 3 document, whose `security` defines what each operation requires; instead of `resources`. Its
   * operations have no limits of their own.
   */
  readonly openapi?: object;
}

export interface OrganizationDeclaration {
  /** The part of a user name after the last `@`. Letters, digits, dots, hyphens, underscores; case is ignored. */
  readonly key: string;
  readonly name?: string;
}

export interface UserDeclaration {
  /** The name without the organization. It may be an e-mail address. */
  readonly username: string;
  /** Key of the organization. Required if there are organizations. */
  readonly organization?: string;
  /** The password in clear text, hashed at startup. Alternative: `passwordHash`. */
  readonly password?: string;
  /** An argon2id hash in PHC form (`$argon2id$v=19$m=…,t=…,p=…$…`). */
  readonly passwordHash?: string;
  readonly roles?: readonly string[];
}

/** A subscription, and the plan against which its requests are counted. */
export interface SubscriptionDeclaration<A extends string = string> {
  /** Name of a declared API. */
  readonly api: A;
  /** One of the plans of the API. @default the first of them */
  readonly plan?: string;
}

export interface ApplicationDeclaration<S extends string = string, A extends string = string> {
  readonly name: string;
  /** The `client_id`: visible ASCII without a colon, at most 128 characters. */
  readonly consumerKey: string;
  /**
   * The `client_secret`: visible ASCII, at most 256 characters. In a Basic header `%` and `+` must be form-encoded.
   * Required, except that a public application has none.
   */
  readonly consumerSecret?: string;
  /** The full name of its owner. The application belongs to the owner's organization and signs in only its users. */
  readonly owner?: string;
  /**
   * The URIs to which users may return with an authorization code (RFC 6749 §3.1.2), at most 20: `https`, `http` on
   * `127.0.0.1`, `[::1]` or `localhost`, or a private-use scheme with a dot. Compared as texts, except that the port of a
   * loopback host is free. @default none
   */
  readonly redirectUris?: readonly string[];
  /** True for a public client (RFC 6749 §2.1), such as a browser or mobile app, which has no secret. @default false */
  readonly public?: boolean;
  /** False if users are not asked for consent, for applications of your own. @default true */
  readonly consent?: boolean;
  /** @default all grant types that the gate offers; `authorization_code` only with `redirectUris` */
  readonly grantTypes?: readonly GrantType[];
  /**
   * Second key pair. An API refuses its tokens unless its `sandbox` is true; guards outside of APIs accept them, and
   * `gate.auth(req).environment` distinguishes them.
   */
  readonly sandbox?: { readonly consumerKey: string; readonly consumerSecret?: string };
  /**
   * Names of APIs, each alone or with a plan: it gets the scopes of these APIs only, and no other API accepts its tokens.
   * @default none
   */
  readonly subscriptions?: readonly (A | SubscriptionDeclaration<A>)[];
  /**
   * The scopes that it may request at most. A scope with roles that is listed here is also granted to the application
   * itself (`client_credentials`), and so is, if APIs are declared, a scope that no API requires.
   * @default all scopes; those of its APIs if APIs are declared
   */
  readonly scopes?: readonly S[];
  /** True if it may introspect the access tokens of its whole organization (RFC 7662). @default false */
  readonly introspect?: boolean;
}

export interface TokenOptions {
  /**
   * Lifetime of an access token in seconds (`expires_in`, RFC 6749 §5.1), 1 to `maxAccessTokenLifetime`.
   * @default 3600
   */
  readonly accessTokenLifetime?: Seconds;
  /** Lifetime of a refresh token in seconds, counted from each rotation, 1 to 31536000. @default 86400 */
  readonly refreshTokenLifetime?: Seconds;
  /** Lifetime of a grant in seconds, 1 to 315360000. Not extended when its refresh token rotates. @default 2592000 */
  readonly grantLifetime?: Seconds;
  /**
   * How long a repeated refresh returns the identical pair, for clients that lost the response: 0 to 60 seconds. A
   * request with the spent token for another scope is refused, and the grant continues. 0 turns it off: a second use
   * ends the grant immediately (RFC 9700 §4.14), even if the client had lost the response.
   * @default 10
   */
  readonly refreshGrace?: Seconds;
  /** Upper bound of every access token lifetime, in seconds, 1 to 2592000. @default 86400 */
  readonly maxAccessTokenLifetime?: Seconds;
}

/** Options of the cache in front of the store. */
export interface CacheOptions {
  /** Maximum number of entries, 1 to 1000000. @default 10000 */
  readonly maxEntries?: number;
  /** Maximum age of an entry in seconds, 1 to 60: external deletions in the store take effect within it. @default 5 */
  readonly maxAge?: Seconds;
}

/** Announcement that the password grant will end. Nothing is refused because of it. */
export interface PasswordGrantOptions {
  /**
   * From when on the grant is deprecated: the header `Deprecation` (RFC 9745) of responses to it. A date such as
   * `2027-01-01`, or with a time in UTC: `2027-01-01T12:00:00Z`.
   */
  readonly deprecation?: string | Date;
  /** When the grant is expected to be gone: the header `Sunset` (RFC 8594). Not before `deprecation`. */
  readonly sunset?: string | Date;
}

/** Scripts in browsers that may use the gate from other origins. */
export interface CorsOptions {
  /** 1 to 100 origins, exact: scheme, host and port, such as `https://app.example`, without a path. */
  readonly origins: readonly string[];
  /** True to allow requests with cookies and client certificates. Tokens do not need it. @default false */
  readonly credentials?: boolean;
  /** How long a browser may cache the response to a preflight request, in seconds, 0 to 86400. @default 600 */
  readonly maxAge?: Seconds;
}

/** Paths of the endpoints, below the mount path of `gate.routes()`. `false`: not mounted. */
export type PathOptions = {
  readonly [E in keyof typeof ENDPOINTS]?: E extends PathEndpointName ? string | false : false;
};

/** Passwords of built-in users: which ones may be set, how they are hashed (argon2id), and how many at a time. */
export interface PasswordOptions {
  /**
   * Minimum length of a password that is set at run time (sign-up, change of password, `gate.directory.users`), in
   * Unicode code points, 1 to 128. Common passwords and the user name are refused too. Does not apply to the `users`
   * list.
   * @default 8
   */
  readonly minLength?: number;
  /** Memory in KiB, 8 to 1048576. @default 19456 */
  readonly memoryCost?: number;
  /** Passes, 1 to 16. @default 2 */
  readonly timeCost?: number;
  /** Lanes, 1 to 16. @default 1 */
  readonly parallelism?: number;
  /** Maximum number of concurrent hashes, 1 to 64. @default one less than the machine's cores, at least 1 */
  readonly concurrency?: number;
  /**
   * Maximum number of waiting requests, 0 to 10000. At most a quarter of them are of one client or network, an eighth of
   * one account. Beyond it: 503 with `Retry-After`. @default 400
   */
  readonly queue?: number;
  /** Maximum wait of a request, in milliseconds, 1 to 60000. Beyond it: 503 with `Retry-After`. @default 2000 */
  readonly queueDeadline?: Milliseconds;
}

/** Number of failures that are accepted within a time window. */
export interface LimitOptions {
  /** 1 to 1000000. */
  readonly failures?: number;
  /** In seconds, 1 to 86400. Begins with the first failure and does not slide. */
  readonly window?: Seconds;
}

/** Limits on failed sign-ins. Addresses follow Express's `trust proxy`, IPv6 by /64. Right credentials never count. */
export interface ThrottleOptions {
  /** Wrong passwords for one account from one address. Beyond it: `invalid_grant`. @default 10 in 900 seconds */
  readonly accountAndAddress?: LimitOptions;
  /** Wrong passwords from one address. Beyond it: 429 with `Retry-After`. @default 100 in 900 seconds */
  readonly address?: LimitOptions;
  /**
   * Wrong passwords for one account from all addresses. Beyond it: `invalid_grant` for addresses from which the account
   * has not signed in before. @default 200 in 3600 seconds
   */
  readonly account?: LimitOptions;
  /** Wrong secrets of one client from one address. Beyond it: 429 with `Retry-After`. @default 10 in 900 seconds */
  readonly clientAndAddress?: LimitOptions;
  /**
   * Unknown client ids from one address. Beyond it the response to every failed authentication from there is 429
   * with `Retry-After`, and the store is read for few of them. Right credentials are still accepted.
   * @default 100 in 900 seconds
   */
  readonly unknownClients?: LimitOptions;
  /**
   * Unsuccessful introspections by one client from one address. Beyond it: 429 with `Retry-After`. Live tokens that the
   * client may see are still described. @default 500 in 60 seconds
   */
  readonly unknownTokens?: LimitOptions;
}

/** The authorization endpoint. */
export interface AuthorizationOptions {
  /**
   * A sign-in of your own in place of the sign-in page, bounded by `usersDeadline`.
   * @default the sign-in page of the gate
   */
  readonly signIn?: SignInHook;
}

/** How much one user, client or network may have or do. `false`: no limit. */
export interface ShareOptions {
  /**
   * Live grants that one client has for one user, 1 to 1000 grants. Beyond it the oldest one, the first to expire, ends.
   * @default 100
   */
  readonly grantsPerUserAndClient?: number | false;
  /**
   * Live grants of one client, with and without a user, 1 to 100000000 grants. Beyond it no more are issued: 429 with
   * `Retry-After`. @default false
   */
  readonly grantsPerClient?: number | false;
  /**
   * Sign-ups at the portal from one network (an IPv4 address, the /64 of an IPv6 address) within an hour, 1 to 1000000
   * sign-ups. Beyond it: 429 with `Retry-After`. @default 20
   */
  readonly signUpsPerNetwork?: number | false;
  /**
   * Invitations and links to reset a password that one administrator creates at the portal within an hour, 1 to 1000000
   * links. Beyond it: 429 with `Retry-After`. @default 100
   */
  readonly passwordLinksPerAdministrator?: number | false;
  /**
   * Sessions of one user at the portal and at `/authorize`, 1 to 10000 sessions. Beyond it the oldest one ends.
   * @default 50
   */
  readonly sessionsPerUser?: number | false;
  /**
   * Applications, by the resources that they requested, to which one user has given consent, 1 to 10000 consents. Beyond
   * it no more are accepted. @default 500
   */
  readonly consentsPerUser?: number | false;
  /**
   * Authorization requests from one network within an hour that wait for a sign-in or for consent, 1 to 1000000 requests.
   * Beyond it: 429 with `Retry-After`. @default 1000
   */
  readonly authorizationsPerNetwork?: number | false;
  /**
   * Applications of one owner that are created at run time, 1 to 1000000 applications. Beyond it no more are created.
   * @default 50
   */
  readonly applicationsPerUser?: number | false;
  /** Secrets of one key pair, expired ones included, 1 to 1000 secrets. Beyond it no more are generated. @default 10 */
  readonly secretsPerKey?: number | false;
  /**
   * Entries of one user, client or network in a part of an organization's audit, 1 to 10000 entries. Beyond it the
   * oldest are dropped. @default 1000
   */
  readonly auditPerActor?: number | false;
}

export interface ScopegateOptions<S extends string = string, A extends string = string> {
  /**
   * URL of the authorization server as clients use it (RFC 8414 §2): `https`, or `http` on the loopback or for trials.
   * No query, no fragment. Endpoint URLs are this plus their path.
   */
  readonly issuer: string;
  /** The only declaration of scope names. `default` is reserved. */
  readonly scopes?: Readonly<Record<S, string | ScopeDeclaration>>;
  /** Plans of subscriptions, by name. `resource` is reserved. */
  readonly plans?: Readonly<Record<string, PlanDeclaration>>;
  /** APIs whose resources `gate.api(name)` guards. */
  readonly apis?: Readonly<Record<A, ApiDeclaration<NoInfer<S>>>>;
  /** An ioredis client (5.4 or later, or 6). If omitted, tokens and directory are kept in the memory of the process. */
  readonly redis?: RedisLike;
  /**
   * A store from `createMemoryStore()` in place of `redis`, which a gate that replaces this one takes over.
   * @default a store that ends with the gate
   */
  readonly memory?: MemoryStore;
  /**
   * True to accept a Redis that may evict live keys, by an evicting `maxmemory-policy` and a `maxmemory` limit; otherwise
   * the gate is not ready then. @default false
   */
  readonly redisMayEvict?: boolean;
  /** A function or an object that verifies users, or a list of declared users. @default the directory alone */
  readonly users?: VerifyUser | UserSource | readonly UserDeclaration[];
  readonly organizations?: readonly OrganizationDeclaration[];
  readonly applications?: readonly ApplicationDeclaration<NoInfer<S>, NoInfer<A>>[];
  readonly tokens?: TokenOptions;
  readonly paths?: PathOptions;
  readonly authorization?: AuthorizationOptions;
  /** The realm in challenges. @default the issuer's host */
  readonly realm?: string;
  /** The prefix of all keys in Redis. Database and prefix separate two gates on one Redis. @default 'sg:' */
  readonly prefix?: string;
  /**
   * Maximum wait for each command to the store, in milliseconds, 10 to 60000. Beyond it: 503 with `Retry-After`. A request
   * sends up to eight commands one after the other. @default 250
   */
  readonly deadline?: Milliseconds;
  /**
   * Serves recently read tokens and directory records from memory while this gate is known to receive the revocations
   * and changes of all gates. `false` reads the store each time.
   */
  readonly cache?: CacheOptions | false;
  /**
   * Format of the guards' refusals: as OAuth defines it, or with the codes of WSO2 API Manager (`code`, `message`,
   * `description`). Status and headers are the same. @default 'oauth'
   */
  readonly errors?: 'oauth' | 'wso2';
  /** A registry of prom-client 15 or later, for the metrics of the gate. No other gate may use it. */
  readonly metrics?: MetricsRegistry;
  /** Maximum wait for a `users` function, in milliseconds, 10 to 60000. Beyond it: 503. @default 5000 */
  readonly usersDeadline?: Milliseconds;
  /** The treatment of a requested scope that cannot be granted: left out, or `invalid_scope`. @default 'drop' */
  readonly ungrantedScopes?: 'drop' | 'reject';
  /** Scopes that match one of these need no role. A string is a whole name, in which `*` stands for any characters. */
  readonly scopesWithoutRoleCheck?: readonly (string | RegExp)[];
  /**
   * Lets scripts of other origins use the token and revocation endpoints and the guarded routes: of any origin, without
   * cookies, or of the listed ones. `false` leaves CORS to the host application. @default false
   */
  readonly cors?: boolean | CorsOptions;
  /**
   * True to count the usage of applications also in a gate without a portal, for a portal on the same store.
   * @default true if the gate has a portal
   */
  readonly usage?: boolean;
  /** True to refuse a plain http request from another machine with 400. @default true if the issuer is https */
  readonly requireTls?: boolean;
  readonly passwords?: PasswordOptions;
  /** Announces the end of the password grant in the headers of the responses to it. @default no announcement */
  readonly passwordGrant?: PasswordGrantOptions;
  /** Limits on failed sign-ins. `false` if the host application limits them itself. */
  readonly throttle?: ThrottleOptions | false;
  readonly limits?: ShareOptions;
  /** @default warnings and errors become process warnings */
  readonly logger?: Logger;
  /** @default the system's clock */
  readonly clock?: Clock;
}
