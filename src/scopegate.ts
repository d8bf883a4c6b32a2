import { createAccess } from './access/access';
import { plansOfApis } from './access/api';
import type { AuditLog } from './audit/audit-log';
import { createAuthorize } from './authorize-loader';
import { Consents } from './consents/consents';
import { revokeConsent } from './consents/revoke-consent';
import { createManagedSessions } from './directory/managed-sessions';
import { createManagement } from './directory/management';
import { PasswordRule } from './directory/password-rule';
import type { DeclarationMode } from './directory/registrar';
import { createUsers } from './directory/users';
import { FormReader } from './endpoints/body';
import { createEndpoints } from './endpoints/endpoints';
import { warnOfHttpIssuer } from './endpoints/transport';
import { Hook } from './events/hook';
import { ObservedRequests } from './events/request-facts';
import type { Gate } from './gate';
import { createGrants } from './grants/grants';
import { createManagedTokens } from './grants/managed-tokens';
import type { Auth } from './guard/auth';
import { createCors } from './guard/cors';
import { createProtection } from './guard/protection';
import { tolerantClock } from './options/clock';
import { checkOpenApi } from './options/openapi/openapi';
import type { ScopegateOptions } from './options/options';
import { anyOrigin } from './protocol/cors';
import { resolveOptions, type Settings } from './options/settings';
import { PortalLoader } from './portal-loader';
import { createPublicGate } from './public-gate';
import { Sessions } from './sessions/sessions';
import { createPrincipals } from './sign-in/principals';
import { openStorage } from './stores/storage';
import { PasswordUses } from './tokens/password-uses';
import { createManagedUsage } from './usage/managed-usage';
import { Usage } from './usage/usage';

/** Functions that close what a gate has opened. If it cannot be created, they are called in reverse order. */
type Opened = (() => unknown)[];

/** The options of a gate, and the treatment of what they declare. */
type GateSettings = Settings & { readonly declarationMode: DeclarationMode };

/** A gate, and what its portals would show and write. */
interface AuditedGate<S extends string = string, A extends string = string> {
  readonly gate: Gate<S, A>;
  readonly auditLog: AuditLog;
  readonly passwordUses: PasswordUses;
}

const compose = <S extends string, A extends string>(settings: GateSettings, opened: Opened): AuditedGate<S, A> => {
  const { clock, logger, issuer, apis, shares } = settings;
  const backgroundClock = tolerantClock(clock, logger);
  const passwordQueue = () => principals.passwords.admission.load;
  const droppedUsage = () => usage.dropped;
  const { emitter, emit, durations, stopCounting, freeing, stores, tokens, watches, tickets, codes, quotas } =
    openStorage({ ...settings, backgroundClock, passwordQueue, droppedUsage }, opened);
  warnOfHttpIssuer(issuer, logger);
  const sessions = new Sessions(stores.sessions, clock, {
    maxPerUser: shares.sessionsPerUser,
    onReached: (subject) => emit({ type: 'limit', limit: 'sessionsPerUser', subject }),
  });
  const consents = new Consents(stores.consents, clock, shares.consentsPerUser);
  const principals = createPrincipals(settings, { stores, tokens, sessions, consents, emit, durations });
  const { directory, declarations, owners, secretUses } = principals;
  opened.push(() => secretUses.close());

  const access = createAccess(settings, (subject) => owners.findFreshRoles(subject));
  const { rules, guarded, indicators, policy, roles } = access;
  const passwordUses = new PasswordUses(stores.passwordUses, backgroundClock, logger);
  opened.push(() => passwordUses.close());
  emitter.on('issue', (event) => event.occasion === 'password' && passwordUses.note(event));

  const findApplication = (clientId: string) => directory.subscribers.find(clientId);
  const usage = new Usage({ ...stores, findApplication, clock: backgroundClock, logger });
  opened.push(() => usage.close());
  if (settings.countsUsage === true) usage.start();

  const grants = createGrants({ ...settings.tokens, directory, owners, consents, indicators, policy, tokens, codes });

  const managedTokens = createManagedTokens({ ...principals, indicators, policy, tokens, sessions });
  const passwordRule = new PasswordRule(settings.passwords);
  const names = { scopes: rules.names, apis: plansOfApis(apis) };
  const ofUsers = { links: stores.passwordLinks, waiting: stores.signUps, passwordRule };
  const managed = { ...principals, ...names, ...ofUsers, tokens, sessions, consents, limits: shares, emit };
  const management = createManagement(managed);

  const cors = createCors(settings.cors);
  const allowed = new Hook<Auth>(); // set by the first portal
  const observed = new ObservedRequests();
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
    tickets,
    watches,
    quotas,
    onAllowed: allowed.call,
    usage,
    observed,
    readDocument: (document) => checkOpenApi(document, [...rules.names]),
    cors,
    emit,
  });

  const forms = new FormReader(logger);
  const ofPages = { ...settings, ...principals, ...access, stores, sessions, consents, codes, tokens, forms };
  const endpoints = createEndpoints({
    ...settings,
    ...principals,
    authorize: createAuthorize({ ...ofPages, observed, emit }),
    scopes: rules.names,
    resources: protection.resources,
    cors,
    metadataCors: createCors(settings.cors && anyOrigin(settings.cors)),
    grants,
    tokens,
    tickets,
    hasWebSockets: [...apis.values()].some(({ websocket }) => websocket),
    roles,
    store: stores,
    forms,
    observed,
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
    consents,
    revokeConsent: (subject, id) => revokeConsent({ consents, tokens }, subject, id),
    explain: (token, request) => protection.explain(token, protection.targets.find(request)),
    findPlanUsage: protection.findPlanUsage,
    auditLog: stores.audit,
    tokenUseStore: stores.tokenUses,
    passwordUses,
    usage,
    forms,
    observed,
    emit,
    emitter,
    allowed,
    clock: backgroundClock,
  });

  const gate = createPublicGate<S, A>({
    protection,
    endpoints,
    portals,
    directory: management,
    tokens: managedTokens,
    sessions: createManagedSessions({ ...principals, sessions }),
    usage: createManagedUsage(usage),
    emitter,
    checkDeclared: declarations.check,
    whenReady: (check) => stores.ready(check),
    close: async () => {
      watches.close();
      await Promise.all([secretUses.close(), passwordUses.close(), usage.close(), portals.close()]); // they write what is pending
      freeing.close();
      await stores.close();
      stopCounting();
    },
  });
  return { gate, auditLog: stores.audit, passwordUses };
};

const open = <S extends string, A extends string>(
  options: ScopegateOptions<S, A>,
  declarationMode: DeclarationMode,
): AuditedGate<S, A> => {
  const settings = { ...resolveOptions(options), declarationMode };
  const opened: Opened = [];
  try {
    return compose(settings, opened);
  } catch (thrown) {
    for (const close of opened.reverse()) Promise.resolve(close()).catch(() => undefined);
    throw thrown;
  }
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
): Gate<S, A> => open(options, 'registered').gate;

/** Like `scopegate`, for tools that manage records and record their changes in the audit. */
export const auditedGate = (options: ScopegateOptions): AuditedGate => open(options, 'registered');

/**
 * Like `scopegate`, for tools that only read: what the options declare is compared with what running gates declare, and
 * never registered. A call that needs a record that they declare differently rejects with StoreUnavailableError
 * `superseded`.
 */
export const comparingGate = (options: ScopegateOptions): Gate => open(options, 'compared').gate;
