import type { RequestHandler } from 'express';
import { auditEvents } from '../audit/audited-events';
import type { AuditFact, AuditLog } from '../audit/audit-log';
import { AuditRecorder } from '../audit/recorder';
import type { SignIn } from '../sign-in/resource-owners';
import type { Emitter } from '../events/emitter';
import { Checks } from '../protocol/checks';
import { isGrantId } from '../protocol/secrets';
import { failedSignIn, organizationOfFact } from './audit-facts';
import { TokenUses } from '../tokens/token-uses';
import type { TokenUseStore } from '../tokens/token-use-store';
import { createPortal } from './portal';
import type { PortalOptions, PortalServices } from './services';

type Fixed = Omit<PortalServices, keyof CheckedOptions | 'audit' | 'tokenUses' | 'auditLog'>;

type CheckedOptions = Pick<PortalServices, 'title' | 'signUp' | 'publicPath' | 'apiUrl'>;

export interface PortalsServices extends Fixed {
  readonly auditLog: AuditLog;
  readonly tokenUseStore: TokenUseStore;
  readonly emitter: Emitter;
}

/** Portals of one gate. Only portals need the audit and the uses of tokens, so both are recorded once one is open. */
export interface Portals {
  /** @throws ConfigurationError */
  open(options?: PortalOptions): RequestHandler;
  /** Notes that a guard accepted a token. */
  readonly noteUse: (use: { readonly grantId: string; readonly clientId: string }) => void;
  /** Notes a sign-in with a wrong name or password, at the portal or at the token endpoint. */
  readonly noteFailedSignIn: (signIn: SignIn) => void;
  close(): Promise<void>;
}

interface Shared {
  readonly audit: AuditRecorder;
  readonly tokenUses: TokenUses;
  readonly stop: () => void;
}

const checkOptions = (options: PortalOptions, userSource: Fixed['userSource']): CheckedOptions => {
  const checks = new Checks();
  const fields = checks.fields(options, [], ['signUp', 'title', 'publicPath', 'apiUrl']) ?? {};
  const signUp = checks.flag(fields['signUp'], ['signUp']) ?? false;
  const title = checks.text(fields['title'], ['title'], /^[^\p{Cc}]{1,100}$/u, 'a text of 1 to 100 characters');
  const publicPath = checks.text(
    fields['publicPath'],
    ['publicPath'],
    /^(?:\/|(?:\/(?!\.{1,2}(?:\/|$))[A-Za-z0-9._~-]+)+)$/,
    'a path such as /gw/store, without a slash at its end, or / for the root of a host',
  );
  const apiUrl = checks.text(
    fields['apiUrl'],
    ['apiUrl'],
    /^https?:\/\/[A-Za-z0-9.[\]:-]+(?:\/[A-Za-z0-9._~-]+)*\/?$/,
    'an http or https address such as https://api.example.com, without query and credentials',
  );
  if (apiUrl !== undefined && !URL.canParse(apiUrl)) checks.fault(['apiUrl'], 'is not an address');
  if (signUp && userSource === 'function') {
    checks.fault(['signUp'], 'cannot be had with a users function: users are made where it finds them');
  }
  checks.finish();
  return {
    signUp,
    title: title ?? 'API Store',
    publicPath: publicPath === '/' ? '' : publicPath,
    apiUrl: apiUrl?.replace(/\/$/, ''),
  };
};

export const createPortals = ({ emitter, tokenUseStore, ...services }: PortalsServices): Portals => {
  const { directory, clock, logger, auditLog } = services;
  let shared: Shared | undefined;
  let isClosed = false;

  const organizationOf = (fact: AuditFact) => organizationOfFact(directory, services.userSource, fact);

  const share = (): Shared => {
    const audit = new AuditRecorder({ log: auditLog, organizationOf, clock, logger });
    const tokenUses = new TokenUses(tokenUseStore, clock, logger);
    return { audit, tokenUses, stop: auditEvents(emitter, (fact) => audit.note(fact)) };
  };

  const end = async ({ audit, tokenUses, stop }: Shared): Promise<void> => {
    stop();
    await Promise.all([audit.close(), tokenUses.close()]);
  };

  return {
    open: (options = {}) => {
      const checked = checkOptions(options, services.userSource);
      shared ??= share();
      if (isClosed) void end(shared);
      const { audit, tokenUses } = shared;
      return createPortal({ ...services, ...checked, audit, tokenUses });
    },
    noteUse: ({ grantId, clientId }) => {
      if (shared !== undefined && isGrantId(grantId)) shared.tokenUses.note({ grantId, clientId });
    },
    noteFailedSignIn: (signIn) => shared?.audit.note(failedSignIn(signIn)),
    close: async () => {
      isClosed = true;
      if (shared !== undefined) await end(shared);
    },
  };
};
