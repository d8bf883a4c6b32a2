import { GuardedScopes } from './access/guarded-scopes';
import { createRoleRecheck } from './access/role-recheck';
import { createScopePolicy } from './access/scope-policy';
import { createApplications } from './directory/applications';
import { declareDirectory } from './directory/declared';
import { Directory } from './directory/directory';
import { createOrganizations } from './directory/organizations';
import { PasswordRule } from './directory/password-rule';
import { Passwords } from './directory/passwords';
import { createUsers } from './directory/users';
import { FormReader } from './endpoints/body';
import { createEndpoints } from './endpoints/endpoints';
import { onFirstRequest } from './endpoints/routes';
import { warnOfHttpIssuer } from './endpoints/transport';
import { Hook } from './events/hook';
import { createListen } from './events/listen';
import { openEvents } from './events/open-events';
import type { StoreReadings } from './events/readings';
import type { Gate } from './gate';
import { createGrants } from './grants/grants';
import { createManagedTokens } from './grants/managed-tokens';
import type { Auth } from './guard/auth';
import { findDrift } from './guard/drift';
import { reportDrift } from './guard/drift-report';
import { createExplain } from './guard/explain';
import { createExplainCall } from './guard/explain-request';
import { targetFinder } from './guard/explain-target';
import { factory, noMiddleware } from './guard/factory';
import { Guard } from './guard/guard';
import { createGuards } from './guard/guards';
import { createJudge } from './guard/judge';
import { MissingRights } from './guard/missing-rights';
import { ProtectedResources } from './guard/protected-resources';
import { requirementCompiler } from './guard/requirements';
import { reportUnsecured } from './guard/resources';
import { tolerantClock } from './options/clock';
import { checkOpenApi } from './options/openapi/openapi';
import type { ScopegateOptions } from './options/options';
import { resolveOptions, type Settings } from './options/settings';
import { PortalLoader } from './portal-loader';
import type { PortalOptions } from './portal/services';
import { endpointAddress } from './protocol/metadata';
import { Sessions } from './sessions/sessions';
import { createBuiltInUsers } from './sign-in/built-in-users';
import { ClientAuthenticator } from './sign-in/client-authenticator';
import { RenewedHashes } from './sign-in/renewed-hashes';
import type { SignIn } from './sign-in/resource-owners';
import { SecretUses } from './sign-in/secret-uses';
import { createThrottledOwners } from './sign-in/throttled-owners';
import { createFunctionUsers } from './sign-in/users-function';
import { openBackend } from './stores/open-backend';
import { openStores, type Stores } from './stores/stores';
import { createThrottle, noThrottle } from './throttle/throttle';
import { createTokenService } from './tokens/token-service';

/** How to close what a gate has opened, in that order. */
type Opened = (() => unknown)[];

/** Reads the stores for a scrape. They are opened after the metrics are registered. */
const readingsOf = (stores: () => Stores): StoreReadings => ({
  get name() {
    return stores().name;
  },
  canIssue: () =>
    stores()
      .check()
      .then(
        () => true,
        () => false,
      ),
  missedDeadlines: () => stores().missedDeadlines(),
});

const NO_COUNTS = { hits: 0, misses: 0, bypassed: 0, flushes: 0 };

const compose = <S extends string, A extends string>(settings: Settings, opened: Opened): Gate<S, A> => {
  const { clock, logger, realm, issuer, paths, scopes: rules } = settings;
  const backgroundClock = tolerantClock(clock, logger);
  const { emitter, stopCounting } = openEvents({
    ...settings,
    clock: backgroundClock,
    store: readingsOf(() => stores),
    ...(settings.cache === false ? {} : { cacheCounts: () => stores.cacheCounts?.() ?? NO_COUNTS }),
  });
  opened.push(stopCounting);
  const { emit } = emitter;
  const backend = openBackend({ ...settings, clock: backgroundClock, emit });
  const stores: Stores = openStores(backend, { ...settings, clock: backgroundClock });
  opened.push(() => stores.close());
  const tokens = createTokenService(stores.tokens, {
    lifetimes: settings.tokens,
    clock,
    emit,
    cache: stores.tokenCache,
  });

  warnOfHttpIssuer(issuer, logger);

  // Clients and users
  const passwords = new Passwords(settings.passwords, logger);
  const directory = new Directory(
    declareDirectory(settings.directory, passwords),
    stores.directory,
    clock,
    stores.directoryCaches,
  );
  const throttle = settings.throttled
    ? createThrottle({ limits: settings.limits, counters: stores.failures, inProcess: stores.failuresInProcess, emit })
    : noThrottle;
  const userSource = settings.users === undefined ? 'directory' : 'function';
  const knownOwners =
    settings.users === undefined
      ? createBuiltInUsers(directory, passwords, new RenewedHashes(directory, passwords, logger))
      : createFunctionUsers(settings.users, directory, settings);
  const [allowed, failedSignIns] = [new Hook<Auth>(), new Hook<SignIn>()]; // set by the first portal
  const owners = createThrottledOwners(knownOwners, throttle, failedSignIns.call);
  const secretUses = new SecretUses(directory, logger);
  opened.push(() => secretUses.close());
  const roles = createRoleRecheck(rules, (subject) => owners.findFreshRoles(subject));

  // Grants
  const guarded = new GuardedScopes(settings.apis.values());
  const policy = createScopePolicy(rules, guarded, settings.ungrantedScopes);
  const { maxAccessTokenLifetime } = settings.tokens;
  const grants = createGrants({ directory, owners, policy, tokens, maxAccessTokenLifetime });
  const managedTokens = createManagedTokens({
    directory,
    owners,
    policy,
    tokens,
    subjectOf: async (user) => (userSource === 'directory' ? directory.subjectOf(user) : user),
  });

  // Guards
  const resources = new ProtectedResources({
    issuer,
    realm,
    dialect: settings.errors,
    apis: settings.apis,
    scopes: guarded,
    described: paths.protectedResourceMetadata,
  });
  const judge = createJudge({ roles, endGrant: (record) => tokens.revokeGrant(record, 'gone') });
  const guard = new Guard({
    onAllowed: allowed.call,
    tokens,
    judge,
    emit,
    logger,
  });
  const compile = requirementCompiler(rules.names);
  const guards = createGuards({
    guard,
    resources,
    apis: settings.apis,
    compile,
    readDocument: (document) => checkOpenApi(document, [...rules.names]),
    logger,
  });

  const explain = createExplain({
    tokens,
    judge: createJudge({ roles, endGrant: async () => undefined }),
    missingRights: new MissingRights({ directory, owners, roles, rules, guarded, policy }),
  });
  const findTarget = targetFinder(settings.apis, resources, compile);
  const drift = () => findDrift({ rules, guarded, policy, apis: settings.apis, ...settings.directory });
  for (const { name, unsecured } of settings.apis.values()) reportUnsecured(unsecured, name, logger);

  // Management
  const sessions = new Sessions(stores.sessions, clock);
  const passwordRule = new PasswordRule(settings.passwords);
  const managedUsers = createUsers({ directory, passwords, passwordRule, tokens, sessions, userSource });
  const managedApplications = createApplications({
    directory,
    tokens,
    scopes: rules.names,
    apis: new Set(settings.apis.keys()),
  });

  // Endpoints
  const forms = new FormReader(logger);
  const endpoints = createEndpoints({
    issuer,
    paths,
    realm,
    requireTls: settings.requireTls,
    scopes: rules.names,
    resources,
    authenticator: new ClientAuthenticator(directory, throttle, secretUses),
    grants,
    tokens,
    roles,
    throttle,
    subjectsAreNames: userSource === 'directory',
    store: stores,
    forms,
    emit,
    logger,
  });
  const reportOnce = reportDrift(drift, logger);

  const urlOf = (path: string | false): string | undefined =>
    path === false ? undefined : endpointAddress(issuer, path);
  const portals = new PortalLoader({
    issuer,
    tokenUrl: urlOf(paths.token),
    apis: settings.apis,
    rules,
    guarded,
    policy,
    directory,
    applications: managedApplications,
    users: managedUsers,
    userSource,
    passwordRule,
    owners,
    sessions,
    tokens: managedTokens,
    explain: (token, asked) => explain(token, findTarget(asked)),
    throttle,
    signInLimit: settings.throttled ? settings.limits.accountAndAddress : undefined,
    auditLog: stores.audit,
    tokenUseStore: stores.tokenUses,
    forms,
    requireTls: settings.requireTls,
    emitter,
    allowed,
    failedSignIns,
    logger,
    clock: backgroundClock,
  });

  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    await Promise.all([secretUses.close(), portals.close()]); // they write what is pending
    await stores.close();
    stopCounting();
  };

  return {
    ...guards,
    routes: factory('gate.routes', 'app.use(gate.routes())', () => onFirstRequest(reportOnce, endpoints.routes)),
    wellKnown: factory('gate.wellKnown', 'app.use(gate.wellKnown())', () => endpoints.wellKnown),
    portal: factory('gate.portal', "app.use('/store', gate.portal())", (given?: PortalOptions) => portals.open(given)),
    // The scopes of a record were granted from the declared ones, which is what S lists.
    auth: guards.auth as Gate<S>['auth'],
    findAuth: guards.findAuth as Gate<S>['findAuth'],
    directory: {
      organizations: createOrganizations(directory, tokens, sessions),
      users: managedUsers,
      applications: managedApplications,
    },
    tokens: managedTokens,
    explain: createExplainCall(explain, findTarget),
    drift: noMiddleware('gate.drift', drift),
    on: createListen(emitter),
    ready: noMiddleware('gate.ready', async () => {
      reportOnce();
      await stores.ready();
    }),
    close: noMiddleware('gate.close', () => (closing ??= close())),
  };
};

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
export const scopegate = <const S extends string = never, const A extends string = string>(
  options: ScopegateOptions<S, A>,
): Gate<S, A> => {
  const settings = resolveOptions(options);
  const opened: Opened = [];
  try {
    return compose(settings, opened);
  } catch (thrown) {
    for (const close of opened.reverse()) Promise.resolve(close()).catch(() => undefined);
    throw thrown;
  }
};
