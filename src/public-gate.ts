import { DeclaredCheck } from './directory/declared-check';
import type { ManagedSessions } from './directory/managed-sessions';
import type { ManagedDirectory } from './directory/management';
import type { Endpoints } from './endpoints/endpoints';
import { onFirstRequest } from './endpoints/routes';
import type { Emitter } from './events/emitter';
import { createListen } from './events/listen';
import type { Gate } from './gate';
import type { ManagedTokens } from './grants/managed-tokens';
import { factory, notMiddleware } from './guard/factory';
import type { Protection } from './guard/protection';
import type { PortalLoader } from './portal-loader';
import type { PortalOptions } from './portal/services';
import type { ManagedUsage } from './usage/managed-usage';

/** The parts of a gate that its members call. */
export interface GateParts {
  readonly protection: Protection;
  readonly endpoints: Endpoints;
  readonly portals: PortalLoader;
  readonly directory: ManagedDirectory;
  readonly tokens: ManagedTokens;
  readonly sessions: ManagedSessions;
  readonly usage: ManagedUsage;
  readonly emitter: Emitter;
  /** Compares the declared names with the store; rejects if some are taken. */
  readonly checkDeclared: () => Promise<void>;
  /** Resolves when the store is ready and `check` resolves. */
  readonly whenReady: (check: () => Promise<void>) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** Creates the object that `scopegate()` returns. Members that are used wrongly say how they are used. */
export const createPublicGate = <S extends string, A extends string>(parts: GateParts): Gate<S, A> => {
  const { protection, endpoints, portals, checkDeclared } = parts;
  const declaredCheck = new DeclaredCheck(checkDeclared);
  const { guards, reportDriftOnce } = protection;
  const reportAtFirst = (): void => {
    reportDriftOnce();
    declaredCheck.begin(); // what it finds is logged; `gate.ready()` and readiness report it
  };
  let closing: Promise<void> | undefined;

  return {
    ...guards,
    // The scopes of a record were granted from the declared ones, which is what S lists.
    auth: guards.auth as Gate<S>['auth'],
    findAuth: guards.findAuth as Gate<S>['findAuth'],
    routes: factory('gate.routes', 'app.use(gate.routes())', () => onFirstRequest(reportAtFirst, endpoints.routes)),
    wellKnown: factory('gate.wellKnown', 'app.use(gate.wellKnown())', () => endpoints.wellKnown),
    portal: factory('gate.portal', "app.use('/store', gate.portal())", (given?: PortalOptions) => portals.open(given)),
    directory: parts.directory,
    tokens: parts.tokens,
    sessions: parts.sessions,
    usage: parts.usage,
    explain: protection.explainCall,
    drift: notMiddleware('gate.drift', protection.drift),
    on: createListen(parts.emitter),
    ready: notMiddleware('gate.ready', async () => {
      reportDriftOnce();
      await parts.whenReady(checkDeclared);
    }),
    close: notMiddleware('gate.close', () => {
      declaredCheck.close();
      return (closing ??= parts.close());
    }),
  };
};
