import type { Request, RequestHandler } from 'express';
import { createApplications, type Applications } from './directory/applications';
import { ClientAuthenticator } from './directory/client-authenticator';
import { declareDirectory } from './directory/declared';
import { Directory } from './directory/directory';
import { createOrganizations, type Organizations } from './directory/organizations';
import { Passwords } from './directory/passwords';
import { builtInUsers, usersFrom } from './directory/resource-owners';
import { SecretUses } from './directory/secret-uses';
import { throttledOwners } from './directory/throttled-owners';
import { createUsers, type Users } from './directory/users';
import { FormReader } from './endpoints/body';
import { formEndpoint } from './endpoints/endpoint';
import { liveEndpoint, readyEndpoint } from './endpoints/health';
import { createExchange } from './endpoints/oauth2orize';
import { passportClients } from './endpoints/passport';
import { routes } from './endpoints/routes';
import { tokenEndpoint } from './endpoints/token';
import { passwordGrant } from './grants/password';
import { refreshTokenGrant } from './grants/refresh-token';
import { createScopePolicy } from './grants/scope-policy';
import type { Auth } from './guard/auth';
import { Guard } from './guard/guard';
import { createRefusals } from './guard/refusals';
import {
  anyToken,
  isMethodMap,
  requirementCompiler,
  type AllOf,
  type AnyOf,
  type MethodRequirements,
} from './guard/requirements';
import { canonicalPaths, guardResources } from './guard/resources';
import type { ScopegateOptions } from './options/options';
import { resolveOptions } from './options/settings';
import { ConfigurationError } from './protocol/errors';
import { openStores } from './stores/stores';
import { createThrottle, noThrottle } from './throttle/throttle';
import { createTokenService } from './tokens/token-service';

/** Makes a guard for what a request must bring. */
export interface RequireScope<S extends string> {
  /** A rule over several scopes. */
  (rule: AnyOf<S> | AllOf<S>): RequestHandler;
  /** A requirement for each HTTP method, for `app.use`. A method that is missing is 405; HEAD follows GET. */
  (methods: MethodRequirements<S>): RequestHandler;
  /** All of these scopes. The last overload, because the compiler's message about a misspelt scope is about that one. */
  (scope: S, ...more: S[]): RequestHandler;
}

/** What is made at run time and kept in the store. Declared records are found here too, and are read-only. */
export interface ManagedDirectory {
  readonly organizations: Organizations;
  readonly users: Users;
  readonly applications: Applications;
}

/** A token endpoint, guards, and the directory behind them. Two gates in one process do not meet. */
export interface Gate<S extends string = string> {
  /** Token endpoint and health, as one middleware. Mount it where `issuer` points, above any body parser. */
  routes(): RequestHandler;
  /**
   * Guards a route: 401, 403 or 400 as RFC 6750 says, 503 while the store is away.
   * @throws ConfigurationError for a scope that is not declared.
   */
  readonly requireScope: RequireScope<S>;
  /** Guards a route: any live token will do. */
  requireToken(): RequestHandler;
  /**
   * Guards all declared resources of an API where it is mounted; 404 and 405 for the rest.
   * @throws ConfigurationError when no such API is declared.
   */
  api(name: string): RequestHandler;
  /** Refuses paths that a router, a guard and an upstream could read differently. Mount it first. */
  canonicalPaths(): RequestHandler;
  /** What the request's token says. @throws UnguardedError on a route without a guard. */
  auth(request: Request): Auth<S>;
  /** The same, or `undefined` on a route without a guard. */
  findAuth(request: Request): Auth<S> | undefined;
  readonly directory: ManagedDirectory;
  /** Resolves when the store answers. It waits for as long as that takes, or until the gate is closed. */
  ready(): Promise<void>;
  /** Ends what the gate opened, and nothing that was handed in. */
  close(): Promise<void>;
}

/**
 * Puts OAuth 2.0 tokens and per-route scopes on an Express gateway.
 *
 * @example
 * const gate = scopegate({ issuer: 'https://api.example.com', scopes: { read: 'See orders' }, … });
 * app.use(gate.routes());
 * app.get('/orders', gate.requireScope('read'), listOrders);
 *
 * @throws ConfigurationError naming every option that is missing, unknown, of a wrong type or out of range.
 */
export const scopegate = <const S extends string = never>(options: ScopegateOptions<S>): Gate<S> => {
  const settings = resolveOptions(options);
  const { clock, logger, realm } = settings;
  const stores = openStores(settings);
  const tokens = createTokenService(stores.tokens, settings.tokens, clock);

  const passwords = new Passwords(settings.passwords, logger);
  const directory = new Directory(declareDirectory(settings.directory, passwords), stores.directory, clock);
  const throttle = settings.throttled ? createThrottle(stores.failures, settings.limits) : noThrottle;
  const knownOwners =
    settings.users === undefined ? builtInUsers(directory, passwords) : usersFrom(settings.users, directory, settings);
  const owners = throttledOwners(knownOwners, throttle);

  const secretUses = new SecretUses(directory, logger);
  const policy = createScopePolicy(settings.scopes, settings.ungrantedScopes);
  const exchange = createExchange([
    passwordGrant(owners, (client) => directory.stillHolds(client), policy, tokens),
    refreshTokenGrant(owners, policy, tokens),
  ]);
  const authenticateClient = passportClients(new ClientAuthenticator(directory, throttle, secretUses));
  const endpointServices = { forms: new FormReader(logger), realm, requireTls: settings.requireTls, logger };
  const mounted = routes([
    [settings.paths.token, formEndpoint(tokenEndpoint(authenticateClient, exchange), endpointServices)],
    [settings.paths.live, liveEndpoint()],
    [settings.paths.ready, readyEndpoint(stores)],
  ]);

  const refusals = createRefusals(realm);
  const guard = new Guard({ findToken: (accessToken) => tokens.find(accessToken), refusals, logger });
  const compile = requirementCompiler(settings.scopes.names);

  const requireScope = (first: unknown, ...more: readonly unknown[]): RequestHandler => {
    if (more.length > 0) return guard.require(compile({ allOf: [first, ...more] }));
    if (!isMethodMap(first)) return guard.require(compile(first));
    const byMethod = Object.entries(first).map(([method, requirement]) => [method, compile(requirement)] as const);
    return guard.requireByMethod(new Map(byMethod));
  };

  const api = (name: string): RequestHandler => {
    const declared = settings.apis.get(name);
    if (declared !== undefined) return guardResources(declared, guard, compile, refusals);
    const known = [...settings.apis.keys()].join(', ') || 'none';
    throw new ConfigurationError([{ path: ['apis', name], problem: `is not declared; declared are ${known}` }]);
  };

  return {
    routes: () => mounted,
    requireScope,
    requireToken: () => guard.require(anyToken),
    api,
    canonicalPaths: () => canonicalPaths(refusals),
    // The scopes of a record were granted from the declared ones, which is what S lists.
    auth: (request) => guard.get(request) as Auth<S>,
    findAuth: (request) => guard.find(request) as Auth<S> | undefined,
    directory: {
      organizations: createOrganizations(directory, tokens),
      users: createUsers(directory, passwords, tokens, settings.users === undefined ? 'here' : 'elsewhere'),
      applications: createApplications(directory, tokens, {
        scopes: settings.scopes.names,
        apis: new Set(settings.apis.keys()),
      }),
    },
    ready: () => stores.ready(),
    close: async () => {
      secretUses.close();
      await secretUses.flush();
      await stores.close();
    },
  };
};
