import type { Request, RequestHandler } from 'express';
import type { Applications } from './directory/applications';
import type { Organizations } from './directory/organizations';
import type { Users } from './directory/users';
import type { GateEventListener } from './events/emitter';
import type { GateEventType } from './events/gate-events';
import type { ManagedTokens } from './grants/managed-tokens';
import type { Auth } from './guard/auth';
import type { Drift } from './guard/drift';
import type { Explanation } from './guard/explanation';
import type { RequestToExplain } from './guard/explain-target';
import type { MethodRequirements } from './guard/requirements';
import type { AllOf, AnyOf, Requirement } from './options/requirement';
import type { PortalOptions } from './portal/services';

/**
 * The rest parameter of a factory, which takes no more arguments. It keeps `app.use(gate.routes)`, without the call, from compiling;
 * in JavaScript it throws at the first request.
 */
type Nothing = undefined[];

/** Makes a guard for what a request must bring. */
export interface RequireScope<S extends string> {
  /** A rule over several scopes. */
  (rule: AnyOf<S> | AllOf<S>, ...none: Nothing): RequestHandler;
  /** A requirement for each HTTP method, for `app.use`. A method that is missing is 405; HEAD follows GET. */
  (methods: MethodRequirements<S>, ...none: Nothing): RequestHandler;
  /** All of these scopes. The last overload, because the compiler's message about a misspelt scope is about that one. */
  (scope: S, ...more: S[]): RequestHandler;
}

/** Guards that know of scopes alone, and of those alone that are declared. */
export interface Guards<S extends string> {
  /**
   * Guards a route: 401, 403 or 400 as RFC 6750 says, 503 while the store is away.
   * @throws ConfigurationError for a scope that is not declared.
   */
  readonly requireScope: RequireScope<S>;
  /** Guards a route: any live token will do. */
  requireToken(...none: Nothing): RequestHandler;
}

/**
 * Guards of a declared API. They also check that the token's application subscribes to it, and that a sandbox token has
 * a sandbox to go to; what fails that is 403 `insufficient_scope` without a scope. As a middleware it guards all
 * declared resources where it is mounted; 404 and 405 for the rest.
 */
export type ApiGuard<S extends string> = RequestHandler & Guards<S>;

/** Management of records that are made at run time and kept in the store. Declared records are found here too, and are read-only. */
export interface ManagedDirectory {
  readonly organizations: Organizations;
  readonly users: Users;
  readonly applications: Applications;
}

/** A token endpoint, guards, and the directory behind them. Two gates in one process do not meet. */
export interface Gate<S extends string = string> extends Guards<S> {
  /**
   * Token, revocation and introspection endpoint, metadata and health, as one middleware. Mount it where `issuer`
   * points, above any body parser.
   */
  routes(...none: Nothing): RequestHandler;
  /**
   * Metadata for an issuer with a path, to be mounted at the root of the host: their address begins with `/.well-known`
   * whatever the issuer's path is (RFC 8414 §3.1, RFC 9728 §3.1). Without a path `routes()` has them already.
   */
  wellKnown(...none: Nothing): RequestHandler;
  /**
   * Guards of a declared API: `app.use('/orders', gate.api('orders'))`, or one route by
   * `gate.api('orders').requireScope('update')`.
   * @throws ConfigurationError when no such API is declared.
   */
  api(name: string, ...none: Nothing): ApiGuard<S>;
  /**
   * Guards the operations of an OpenAPI 3 document where it is mounted, by their `security`: a list of alternatives, each
   * of which needs all that it names. `security: []` is public; none at all needs any live token and is logged. Paths
   * count from the mount, `servers` are not looked at. What is not declared is 404, a method that is not is 405.
   * @throws ConfigurationError for a scope that is not declared, a scheme that cannot be checked, a path that cannot be matched
   */
  fromOpenApi(document: object, ...none: Nothing): RequestHandler;
  /**
   * The API Store: people sign in, subscribe, generate keys and tokens, try resources, and revoke. Mount it where you like,
   * `app.use('/store', gate.portal())`, above any body parser. Where one is opened, the gate also keeps an audit, and when
   * tokens were last used.
   * @throws ConfigurationError
   */
  portal(options?: PortalOptions, ...none: Nothing): RequestHandler;
  /** Refuses paths that a router, a guard and an upstream could read differently. Mount it first. */
  canonicalPaths(...none: Nothing): RequestHandler;
  /** Returns the rights of the request's token. @throws UnguardedError on a route without a guard. */
  auth(request: Request, ...none: Nothing): Auth<S>;
  /** The same, or `undefined` on a route without a guard. */
  findAuth(request: Request, ...none: Nothing): Auth<S> | undefined;
  readonly directory: ManagedDirectory;
  readonly tokens: ManagedTokens;
  /**
   * Says what a guard would answer to a token and why: the state of the token, the rule, and which scope, role or
   * subscription is missing. Nothing changes, and the token is neither kept nor logged. A request is looked up among the
   * declared `apis`; for a route of your own give its requirement.
   * @throws ConfigurationError for a scope that is not declared, or for what is neither request nor requirement; rejects with
   *   StoreUnavailableError, and with OAuthError `temporarily_unavailable` where a `users` function fails
   */
  explain(token: string, asked: RequestToExplain | Requirement<S>): Promise<Explanation>;
  /**
   * Scopes that no declared user or application can get, scopes that no guard names, and APIs without a subscription. It is
   * logged once, at the start.
   */
  drift(...none: Nothing): Drift;
  /**
   * Calls a listener after each event of a type. What it throws is logged and holds up nobody. The same events go to
   * `node:diagnostics_channel` as `scopegate:<type>`.
   * @returns a function that takes the listener off.
   * @throws ConfigurationError for a type that there is not
   */
  on<T extends GateEventType>(type: T, listener: GateEventListener<T>): () => void;
  /**
   * Resolves when tokens can be issued: the store answers and accepts writes. It waits for as long as that takes, or until the
   * gate is closed.
   */
  ready(...none: Nothing): Promise<void>;
  /** Ends what the gate opened, and nothing that was handed in. */
  close(...none: Nothing): Promise<void>;
}
