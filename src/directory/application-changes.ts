import type { Emit } from '../events/emitter';
import type { RevokeReason } from '../events/gate-events';
import type { TokenService } from '../tokens/token-service';
import { attemptAll } from './attempts';
import { changeAndEnd } from './change-and-end';
import type { Directory } from './directory';
import { pairsOf } from './key-pairs';
import type { Application, KeyPair } from './records';
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
  readonly emit: Emit;
  /** Names of the declared scopes. */
  readonly scopes: ReadonlySet<string>;
  /** Names of the declared APIs. */
  readonly apis: ReadonlySet<string>;
}

type Change = (application: Application) => Application;

/** Checks the id that a call is about. @throws DirectoryError `ERR_SCOPEGATE_VALUE` */
export const checkId = (id: unknown): string => checkKey(id, 'id');

/** Returns the key pairs that the application still owns: a key that is now declared belongs to the declared one. */
export const ownPairs = (directory: Directory, { keys }: Pick<Application, 'keys'>): readonly KeyPair[] =>
  pairsOf(keys).filter(({ clientId }) => !directory.clients.isDeclared(clientId));

/**
 * Changes an application, then ends what was issued to its key pairs. If the outcome of the change is unknown, these
 * are the key pairs from before it.
 */
const changeAndEndOf = async (
  { directory }: ApplicationServices,
  id: string,
  { change, end }: { readonly change: Change; readonly end: (clientId: string) => Promise<void> },
): Promise<Application> => {
  const before = await directory.applications.getStored(checkId(id));
  return changeAndEnd(
    () => directory.applications.change(id, change),
    (changed) =>
      attemptAll(
        ownPairs(directory, changed ?? before).map(
          ({ clientId }) =>
            () =>
              end(clientId),
        ),
      ),
  );
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
