import { createAccess } from './access/access';
import { createManagedSessions } from './directory/managed-sessions';
import { createManagement } from './directory/management';
import { PasswordRule } from './directory/password-rule';
import { createUsers } from './directory/users';
import { FormReader } from './endpoints/body';
import { createEndpoints } from './endpoints/endpoints';
import { onFirstRequest } from './endpoints/routes';
import { warnOfHttpIssuer } from './endpoints/transport';
import { Hook } from './events/hook';
import { createListen } from './events/listen';
import type { Gate } from './gate';
import { createGrants } from './grants/grants';
import { createManagedTokens } from './grants/managed-tokens';
import type { Auth } from './guard/auth';
import { factory, notMiddleware } from './guard/factory';
import { createProtection } from './guard/protection';
import { tolerantClock } from './options/clock';
import { checkOpenApi } from './options/openapi/openapi';
import type { ScopegateOptions } from './options/options';
import { resolveOptions, type Settings } from './options/settings';
import { PortalLoader } from './portal-loader';
import type { PortalOptions } from './portal/services';
import { Sessions } from './sessions/sessions';
import { createPrincipals } from './sign-in/principals';
import { openStorage } from './stores/storage';

/** Functions that close what a gate has opened. If it cannot be created, they are called in reverse order. */
type Opened = (() => unknown)[];

const compose = <S extends string, A extends string>(settings: Settings, opened: Opened): Gate<S, A> => {
  const { clock, logger, issuer, apis, shares } = settings;
  const backgroundClock = tolerantClock(clock, logger);
  const { emitter, emit, stopCounting, freeing, stores, tokens } = openStorage(
    { ...settings, backgroundClock },
    opened,
  );
  warnOfHttpIssuer(issuer, logger);
  const principals = createPrincipals(settings, stores, emit);
  const { directory, conflicts, owners, secretUses } = principals;
  opened.push(() => secretUses.close());

  const access = createAccess(settings, (subject) => owners.findFreshRoles(subject));
  const { rules, guarded, policy, roles } = access;
  const grants = createGrants({ ...settings.tokens, directory, owners, policy, tokens });

  const sessions = new Sessions(stores.sessions, clock, {
    maxPerUser: shares.sessionsPerUser,
    onReached: (subject) => emit({ type: 'limit', limit: 'sessionsPerUser', subject }),
  });
  const managedTokens = createManagedTokens({ ...principals, policy, tokens, sessions });
  const passwordRule = new PasswordRule(settings.passwords);
  const names = { scopes: rules.names, apis: new Set(apis.keys()) };
  const managed = { ...principals, ...names, tokens, sessions, passwordRule, limits: shares, emit };
  const management = createManagement(managed);

  const allowed = new Hook<Auth>(); // set by the first portal
  const protection = createProtection({
    ...settings,
    ...access,
    dialect: settings.errors,
    hasMetadata: settings.paths.protectedResourceMetadata,
    scopes: guarded,
    owners,
    directory,
    declared: settings.directory,
    tokens,
    onAllowed: allowed.call,
    readDocument: (document) => checkOpenApi(document, [...rules.names]),
    emit,
  });
  const { guards, explain, targets, reportDriftOnce } = protection;
  const reportAtFirst = () => {
    reportDriftOnce();
    conflicts.check().catch(() => undefined); // logged; `gate.ready()` and readiness report it
  };

  const forms = new FormReader(logger);
  const endpoints = createEndpoints({
    ...settings,
    ...principals,
    scopes: rules.names,
    resources: protection.resources,
    grants,
    tokens,
    roles,
    store: stores,
    forms,
    emit,
  });

  const portals = new PortalLoader({
    ...settings,
    ...principals,
    ...management,
    ...access,
    usersAt: (place) => createUsers({ ...managed, place }),
    passwordRule,
    sessions,
    tokens: managedTokens,
    explain: (token, request) => explain(token, targets.find(request)),
    auditLog: stores.audit,
    tokenUseStore: stores.tokenUses,
    forms,
    emitter,
    allowed,
    clock: backgroundClock,
  });

  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    await Promise.all([secretUses.close(), portals.close()]); // they write what is pending
    freeing.close();
    await stores.close();
    stopCounting();
  };

  return {
    ...guards,
    // The scopes of a record were granted from the declared ones, which is what S lists.
    auth: guards.auth as Gate<S>['auth'],
    findAuth: guards.findAuth as Gate<S>['findAuth'],
    routes: factory('gate.routes', 'app.use(gate.routes())', () => onFirstRequest(reportAtFirst, endpoints.routes)),
    wellKnown: factory('gate.wellKnown', 'app.use(gate.wellKnown())', () => endpoints.wellKnown),
    portal: factory('gate.portal', "app.use('/store', gate.portal())", (given?: PortalOptions) => portals.open(given)),
    directory: management,
    tokens: managedTokens,
    sessions: createManagedSessions({ ...principals, sessions }),
    explain: protection.explainCall,
    drift: notMiddleware('gate.drift', protection.drift),
    on: createListen(emitter),
    ready: notMiddleware('gate.ready', async () => {
      reportDriftOnce();
      await stores.ready(() => conflicts.check());
    }),
    close: notMiddleware('gate.close', () => (closing ??= close())),
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
