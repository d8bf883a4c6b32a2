import type { RequestHandler } from 'express';
import { auditEvents } from '../audit/audited-events';
import type { AuditFact, AuditLog } from '../audit/audit-log';
import { AuditRecorder } from '../audit/recorder';
import type { Emitter } from '../events/emitter';
import type { Hook } from '../events/hook';
import type { EndpointPaths } from '../protocol/endpoints';
import { endpointAddress } from '../protocol/metadata';
import { isGrantId } from '../protocol/secrets';
import type { PageUser, SignIn } from '../sign-in/resource-owners';
import type { Limits } from '../throttle/failure-counters';
import type { TokenUseStore } from '../tokens/token-use-store';
import { TokenUses } from '../tokens/token-uses';
import type { Usage } from '../usage/usage';
import { failedSignIn, organizationOfFact } from './admin/audit-facts';
import { reportDocumentation } from './catalogue/documentation-report';
import { checkOptions, type CheckedOptions } from './options';
import { createPortal } from './portal';
import type { PortalOptions, PortalServices } from './services';
import { actorOf } from './visit';

export interface PortalsServices extends Omit<
  PortalServices,
  keyof CheckedOptions | 'authorizeUrl' | 'tokenUrl' | 'hasMetadata' | 'signInLimit' | 'audit' | 'tokenUses' | 'usage'
> {
  /** Paths of the endpoints; `false` for one that is not mounted. */
  readonly paths: Pick<
    EndpointPaths,
    'authorize' | 'token' | 'protectedResourceMetadata' | 'authorizationServerMetadata'
  >;
  readonly limits: Limits;
  /** False if failed sign-ins are not counted. */
  readonly throttled: boolean;
  readonly auditLog: AuditLog;
  readonly tokenUseStore: TokenUseStore;
  readonly usage: Pick<Usage, 'start' | 'findFresh' | 'findFreshRefusals'>;
  readonly emitter: Emitter;
  /** Passes on the rights of each request that a guard has let through. */
  readonly allowed: Pick<Hook<{ readonly grantId: string; readonly clientId: string }>, 'set'>;
  /** Passes on each sign-in with a wrong name or password, at a portal or at the token endpoint. */
  readonly failedSignIns: Pick<Hook<SignIn>, 'set'>;
  /** Passes on each sign-in at the pages of the authorization endpoint. */
  readonly pageSignIns: Pick<Hook<PageUser>, 'set'>;
}

/** Recorders that all portals of a gate share. */
interface Recorders {
  readonly audit: AuditRecorder;
  readonly tokenUses: TokenUses;
  readonly stop: () => void;
}

const openRecorders = (services: PortalsServices): Recorders => {
  const { directory, userSource, clock, logger, auditLog, tokenUseStore, emitter, allowed } = services;
  const organizationOf = (fact: AuditFact) => organizationOfFact(directory, userSource, fact);
  const audit = new AuditRecorder({ log: auditLog, organizationOf, clock, logger });
  const tokenUses = new TokenUses(tokenUseStore, clock, logger);
  allowed.set(({ grantId, clientId }) => {
    if (isGrantId(grantId)) tokenUses.note({ grantId, clientId });
  });
  services.failedSignIns.set((signIn) => audit.note(failedSignIn(signIn)));
  services.pageSignIns.set((user) => audit.note({ action: 'sign_in', ...actorOf(user) }));
  return { audit, tokenUses, stop: auditEvents(emitter, (fact) => audit.note(fact)) };
};

const closeRecorders = async ({ audit, tokenUses, stop }: Recorders): Promise<void> => {
  stop();
  await Promise.all([audit.close(), tokenUses.close()]);
};

/** Portals of one gate. Only portals need the audit and the uses of tokens, so both are recorded once one is open. */
export class Portals {
  readonly #services: PortalsServices;
  #recorders: Recorders | undefined;
  #isClosed = false;

  constructor(services: PortalsServices) {
    this.#services = services;
  }

  /** @throws ConfigurationError */
  open(options: PortalOptions = {}): RequestHandler {
    const checked = checkOptions(options, this.#services);
    if (this.#recorders === undefined) reportDocumentation(this.#services.apis.values(), this.#services.logger);
    this.#recorders ??= openRecorders(this.#services);
    if (this.#services.countsUsage !== false) this.#services.usage.start();
    if (this.#isClosed) void closeRecorders(this.#recorders);
    const { audit, tokenUses } = this.#recorders;
    const { issuer, paths, throttled, limits } = this.#services;
    const urlOf = (path: string | false) => (path === false ? undefined : endpointAddress(issuer, path));
    return createPortal({
      ...this.#services,
      ...checked,
      authorizeUrl: urlOf(paths.authorize),
      tokenUrl: urlOf(paths.token),
      hasMetadata: { resource: paths.protectedResourceMetadata, server: paths.authorizationServerMetadata },
      signInLimit: throttled ? limits.accountAndAddress : undefined,
      audit,
      tokenUses,
    });
  }

  /** Writes what is recorded. Later facts are ignored. */
  async close(): Promise<void> {
    this.#isClosed = true;
    if (this.#recorders !== undefined) await closeRecorders(this.#recorders);
  }
}
