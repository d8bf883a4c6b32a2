import type { ConsentStore } from '../consents/consent-store';
import type { Declarations } from '../directory/declarations';
import { declareDirectory } from '../directory/declared';
import { DeclaredConflicts } from '../directory/declared-conflicts';
import { Directory } from '../directory/directory';
import { registrationKey } from '../directory/own-declaration';
import type { DeclarationMode } from '../directory/registrar';
import { createRegisteredEndings } from '../directory/registered-endings';
import { Registry } from '../directory/registry';
import { Passwords, type PasswordSettings } from '../directory/passwords';
import type { Durations } from '../events/durations';
import type { Emit } from '../events/emitter';
import { Hook } from '../events/hook';
import type { Logger } from '../events/logger';
import type { Clock, Milliseconds } from '../protocol/time';
import type { Sessions } from '../sessions/sessions';
import type { Stores } from '../stores/stores';
import type { Limits } from '../throttle/failure-counters';
import { AccountLimit } from '../throttle/account-limit';
import { NetworkLimit } from '../throttle/network-limit';
import { createThrottle, noThrottle } from '../throttle/throttle';
import type { TokenService } from '../tokens/token-service';
import { ClientAuthenticator } from './client-authenticator';
import { createOwners } from './owners';
import { reportRefusals } from './requesters';
import type { PageUser, SignIn } from './resource-owners';
import { SecretUses } from './secret-uses';
import type { UserSource } from './user-source';

export interface PrincipalSettings {
  readonly directory: Declarations;
  readonly declarationMode: DeclarationMode;
  readonly passwords: PasswordSettings;
  /** The option `users`, if it is a function; `undefined` for the built-in directory. */
  readonly users: UserSource | undefined;
  readonly usersDeadline: Milliseconds;
  readonly limits: Limits;
  /** False if the host application limits failures itself. */
  readonly throttled: boolean;
  readonly clock: Clock;
  readonly logger: Logger;
}

export interface PrincipalServices {
  readonly stores: Stores;
  readonly tokens: TokenService;
  readonly sessions: Sessions;
  readonly consents: Pick<ConsentStore, 'removeAllOf'>;
  readonly emit: Emit;
  readonly durations: Pick<Durations, 'passwordWait'>;
}

/** Creates the directory, the limits on failures, and both ways of authentication: of users and of clients. */
export const createPrincipals = (settings: PrincipalSettings, services: PrincipalServices) => {
  const { stores, emit, durations } = services;
  const { logger, limits, clock } = settings;
  const onRefused = reportRefusals(emit);
  const onWaited = durations.passwordWait && ((wait: Milliseconds) => durations.passwordWait?.observe(wait));
  const passwords = new Passwords({ ...settings.passwords, onWaited }, logger, onRefused);
  const declared = declareDirectory(settings.directory, passwords);
  const end = createRegisteredEndings(() => ({ ...services, directory }));
  const registry = new Registry({
    own: declared.own,
    mode: settings.declarationMode,
    store: stores.directory.declarations,
    isShared: stores.directory.isShared,
    cache: stores.directoryCaches.declarations,
    end,
    onRegistered: async (own) => {
      if (await directory.isTakenFresh(own)) await end(registrationKey(own.kind, own.name), own, 'grants');
    },
    logger,
  });
  const caches = stores.directoryCaches;
  const directory: Directory = new Directory(declared, stores.directory, clock, { caches, registry });
  const conflicts = new DeclaredConflicts({ declarations: settings.directory, directory, logger });
  const declarations = {
    /** Compares what is declared with the store. @throws ConfigurationError for names that are taken; StoreUnavailableError */
    check: async (): Promise<void> => {
      await conflicts.check(); // first, so that a gate that is refused has ended no tokens
      await registry.registerAll();
      await conflicts.check();
    },
  };
  const throttle = settings.throttled
    ? createThrottle({ limits, counters: stores.failures, inProcess: stores.failuresInProcess, emit })
    : noThrottle;
  const signUpLimit = new NetworkLimit({
    rule: 'signUpsPerNetwork',
    counted: 'sign-ups',
    counters: stores.failures,
    maxPerHour: limits.signUpsPerNetwork.failures,
    emit,
  });
  const passwordLinkLimit = new AccountLimit({
    rule: 'passwordLinksPerAdministrator',
    counted: 'links to set a password',
    counters: stores.failures,
    maxPerHour: limits.passwordLinksPerAdministrator.failures,
    emit,
  });
  const failedSignIns = new Hook<SignIn>(); // these two are set by the first portal
  const pageSignIns = new Hook<PageUser>();
  const onGone = (subject: string): Promise<void> => services.consents.removeAllOf(subject);
  const onFailed = failedSignIns.call;
  const owners = createOwners({ ...settings, directory, passwords, throttle, onRefused, onFailed, onGone });
  const secretUses = new SecretUses(directory, logger);
  const clients = new ClientAuthenticator(directory, throttle, secretUses);
  const userSource = settings.users === undefined ? ('directory' as const) : ('function' as const);
  /** Returns the subject of the tokens and sessions of a user, by full name or by the id of a `users` function. */
  const subjectOf = async (user: string): Promise<string> =>
    userSource === 'directory' ? directory.subjectOf(user) : user;
  return {
    passwords,
    directory,
    declarations,
    throttle,
    signUpLimit,
    passwordLinkLimit,
    failedSignIns,
    pageSignIns,
    owners,
    secretUses,
    clients,
    userSource,
    subjectOf,
  };
};
