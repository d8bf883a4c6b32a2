import type { Emit } from '../events/emitter';
import type { RevokeReason } from '../events/gate-events';
import type { TokenService } from '../tokens/token-service';
import { attemptAll } from './attempts';
import { blocked, type Blocking } from './blocking';
import { changeAndEnd } from './change-and-end';
import type { Directory } from './directory';
import { pairsOf } from './key-pairs';
import type { Application, KeyPair } from './records';
import type { PlansOfApis } from './subscriptions';
import { checkKey } from './values';

/** Limits on what one owner and one key pair may have. `Infinity`: no limit. */
export interface ApplicationLimits {
  readonly applicationsPerUser: number;
  readonly secretsPerKey: number;
}

export interface ApplicationServices {
  readonly directory: Directory;
  readonly tokens: TokenService;
  readonly limits: ApplicationLimits;
  /** `function` if a `users` function provides the users, whose ids are never those of others. */
  readonly userSource: 'directory' | 'function';
  readonly emit: Emit;
  /** Names of the declared scopes. */
  readonly scopes: ReadonlySet<string>;
  readonly apis: PlansOfApis;
}

type Change = (application: Application) => Application;

/** Checks the id that a call is about. @throws DirectoryError `ERR_SCOPEGATE_VALUE` */
export const checkId = (id: unknown): string => checkKey(id, 'id');

/** Returns the key pairs that the application still owns: a key that is now declared belongs to the declared one. */
export const ownPairs = (directory: Directory, { id, keys }: Pick<Application, 'id' | 'keys'>): readonly KeyPair[] =>
  directory.applications.isDeclared(id)
    ? pairsOf(keys)
    : pairsOf(keys).filter(({ clientId }) => !directory.clients.isDeclared(clientId));

/** A change of an application, and how the grants of its key pairs end. */
interface EndingChange {
  /** The application before the change. If the outcome is unknown, its key pairs are those that end. */
  readonly before: Application;
  readonly change: () => Promise<Application>;
  readonly end: (clientId: string) => Promise<void>;
}

const changeThenEnd = (
  { directory }: ApplicationServices,
  { before, change, end }: EndingChange,
): Promise<Application> =>
  changeAndEnd(change, (changed) =>
    attemptAll(
      ownPairs(directory, changed ?? before).map(
        ({ clientId }) =>
          () =>
            end(clientId),
      ),
    ),
  );

/** Changes an application that was created at run time, then ends what was issued to its key pairs. */
const changeAndEndOf = async (
  services: ApplicationServices,
  id: string,
  { change, end }: { readonly change: Change; readonly end: (clientId: string) => Promise<void> },
): Promise<Application> => {
  const { applications } = services.directory;
  const before = await applications.getStored(checkId(id));
  return changeThenEnd(services, { before, change: () => applications.change(id, change), end });
};

/** Disables an application, declared here or elsewhere or not at all, then ends all its grants. */
export const disableAndEndGrants = async (
  services: ApplicationServices,
  id: string,
  blocking: Blocking,
): Promise<Application> => {
  const { applications } = services.directory;
  const before = await applications.getAnywhere(checkId(id));
  return changeThenEnd(services, {
    before,
    change: () => applications.setBlocking(id, (present) => blocked(present, blocking)),
    end: (clientId) => services.tokens.revokeAll({ clientId }, 'disabled'),
  });
};

/** Changes an application, then ends all its grants. */
export const changeAndEndGrants = (
  services: ApplicationServices,
  id: string,
  { change, because }: { readonly change: Change; readonly because: RevokeReason },
): Promise<Application> =>
  changeAndEndOf(services, id, { change, end: (clientId) => services.tokens.revokeAll({ clientId }, because) });

/** Changes an application, then ends its access tokens. */
export const changeAndEndAccess = (
  services: ApplicationServices,
  id: string,
  { change, because }: { readonly change: Change; readonly because: RevokeReason },
): Promise<Application> =>
  changeAndEndOf(services, id, { change, end: (clientId) => services.tokens.revokeAccess({ clientId }, because) });
