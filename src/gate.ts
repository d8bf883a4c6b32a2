import type { IncomingMessage } from 'node:http';
import type { Request, RequestHandler } from 'express';
import type { ManagedSessions } from './directory/managed-sessions';
import type { ManagedDirectory } from './directory/management';
import type { GateEventListener } from './events/emitter';
import type { GateEventType } from './events/gate-events';
import type { RequestFacts } from './events/request-facts';
import type { ManagedTokens } from './grants/managed-tokens';
import type { Auth } from './guard/auth';
import type { Drift } from './guard/drift';
import type { Explanation } from './guard/explanation';
import type { RequestToExplain } from './guard/explain-target';
import type { MethodRequirements } from './guard/requirements';
import type { AllOf, AnyOf, Requirement } from './access/requirement';
import type { PortalOptions } from './portal/services';
import type { WatchEnd } from './tokens/watched-tokens';
import type { ManagedUsage } from './usage/managed-usage';

/**
 * Rest parameter of a factory, which takes no more arguments. It keeps `app.use(gate.routes)`, without the call, from
 * compiling; in JavaScript that throws at the first request.
 */
type Nothing = undefined[];

/** Makes a guard from the scopes that a request must have. */
export interface RequireScope<S extends string> {
  /**
   * A scope, a rule over several, or a requirement for each HTTP method, for `app.use`: the response to a missing method
   * is 405, and HEAD follows GET. One overload for all, so that a misspelt scope gives one short error.
   */
  (rule: S | AllOf<S> | AnyOf<S> | MethodRequirements<S>, ...none: Nothing): RequestHandler;
  /** All of these scopes. For a list of them write `{ allOf: list }`. */
  (scope: S, second: S, ...more: readonly S[]): RequestHandler;
}

/** Guards that check scopes, which must be declared. */
export interface Guards<S extends string> {
  /**
   * Guards a route: responds with 401, 403 or 400 as RFC 6750 requires, and with 503 while the store is unavailable.
   * @throws ConfigurationError for a scope that is not declared
   */
  readonly requireScope: RequireScope<S>;
  /** Guards a route; accepts any live token. */
  requireToken(...none: Nothing): RequestHandler;
}

/**
 * Guards of a declared API. They also check that the token's application subscribes to it, and that the API has a
 * sandbox if the token is a sandbox token; otherwise the response is 403 `insufficient_scope` without a scope. Mounted
 * as a middleware, it guards all declared resources below its path and responds with 404 or 405 to all other requests.
 */
export type ApiGuard<S extends string> = RequestHandler & Guards<S>;

/** A token endpoint, guards, and the directory behind them. Two gates in one process are independent. */
export interface Gate<S extends string = string, A extends string = string> extends Guards<S> {
  /**
   * Makes one middleware for the token, revocation and introspection endpoints, metadata and health. Mount it at the
   * path of `issuer`, before any body parser.
   */
  routes(...none: Nothing): RequestHandler;
  /**
   * Makes a middleware for the metadata of an issuer with a path, to be mounted at the root of the host: their URLs
   * begin with `/.well-known` whatever the issuer's path is (RFC 8414 §3.1, RFC 9728 §3.1). Without a path, `routes()`
   * already includes them.
   */
  wellKnown(...none: Nothing): RequestHandler;
  /**
   * Makes the guards of a declared API: `app.use('/orders', gate.api('orders'))`, or
   * `gate.api('orders').requireScope('update')` for one route.
   * @throws ConfigurationError if no such API is declared
   */
  api(name: A, ...none: Nothing): ApiGuard<S>;
  /**
   * Guards the operations of an OpenAPI 3 document below its mount path, by their `security`: a list of alternatives,
   * and a token must meet everything that one of them names. `security: []` is public; an operation without `security` requires
   * any live token and is logged. Paths are relative to the mount path, `servers` is ignored. The response to an
   * undeclared path is 404, to an undeclared method 405.
   * @throws ConfigurationError for a scope that is not declared, a scheme that cannot be checked, a path that cannot be
   *   matched
   */
  fromOpenApi(document: object, ...none: Nothing): RequestHandler;
  /**
   * Makes the portal: users sign in, subscribe, generate keys and tokens, try resources, and revoke. Mount it anywhere,
   * for example `app.use('/store', gate.portal())`, before any body parser. With a portal, the gate also keeps an audit
   * log and records when tokens were last used.
   * @throws ConfigurationError
   */
  portal(options?: PortalOptions, ...none: Nothing): RequestHandler;
  /** Makes a middleware that refuses paths that router, guard and upstream could read differently. Mount it first. */
  canonicalPaths(...none: Nothing): RequestHandler;
  /**
   * Makes a middleware that responds to preflight requests and sets CORS headers, by the option `cors`, for routes to
   * which Express does not pass OPTIONS, such as `app.get('/orders', gate.requireScope('read'))`, and for those without
   * a guard. Mount it before these routes and after `gate.routes()` and `gate.portal()`.
   * @throws ConfigurationError without the option `cors`
   */
  cors(...none: Nothing): RequestHandler;
  /** Returns the rights of the request's token. @throws UnguardedError on a route without a guard */
  auth(request: Request, ...none: Nothing): Auth<S>;
  /** Like `auth`, but returns `undefined` on a route without a guard. */
  findAuth(request: Request, ...none: Nothing): Auth<S> | undefined;
  /**
   * Watches the token of a request that a guard has let through, for a connection that outlives the request, such as a
   * WebSocket. Calls `onEnded` once, after this call has returned, when the token can no longer be used: when it expires,
   * when it is revoked or loses rights, when it cannot be checked for two seconds, or when the gate is closed.
   * @returns a function that stops watching
   * @throws UnguardedError on a route without a guard, and on a public one
   */
  watch(request: IncomingMessage, onEnded: (reason: WatchEnd) => void, ...none: Nothing): () => void;
  /**
   * Returns the facts about a request, which the gate fills in while it handles the request: the API and the resource
   * as declared, the client, and the reason of a refusal. Call it before the request reaches the gate, and read the
   * facts when the response is finished, such as for an access log.
   */
  observe(request: Request, ...none: Nothing): RequestFacts;
  readonly directory: ManagedDirectory;
  readonly tokens: ManagedTokens;
  readonly sessions: ManagedSessions;
  readonly usage: ManagedUsage;
  /**
   * Explains how a guard would respond to a token and why: the state of the token, the rule, and which scope, role or
   * subscription is missing. Changes nothing, and neither stores nor logs the token. A request is matched against the
   * declared `apis`; for a route of your own, pass its requirement.
   * @throws ConfigurationError for a scope that is not declared, or an argument that is neither a request nor a
   *   requirement; rejects with StoreUnavailableError, and with OAuthError `temporarily_unavailable` if a `users`
   *   function fails
   */
  explain(token: string, asked: RequestToExplain | Requirement<S>): Promise<Explanation>;
  /**
   * Returns the scopes that no declared user or application can get, the scopes that no guard names, the APIs without a
   * subscription, and the applications without a declared owner. Logged once, at the first request.
   */
  drift(...none: Nothing): Drift;
  /**
   * Calls a listener after each event of a type. An error that it throws is logged and delays no request. The same
   * events are published on `node:diagnostics_channel` as `scopegate:<type>`.
   * @returns a function that removes the listener
   * @throws ConfigurationError for an unknown type
   */
  on<T extends GateEventType>(type: T, listener: GateEventListener<T>): () => void;
  /**
   * Resolves when tokens can be issued and are kept: the store responds, accepts writes and, unless `redisMayEvict` is
   * true, evicts no live keys. Waits as long as that takes, or until the gate is closed.
   */
  ready(...none: Nothing): Promise<void>;
  /** Closes what the gate opened, and nothing that was passed in. */
  close(...none: Nothing): Promise<void>;
}
