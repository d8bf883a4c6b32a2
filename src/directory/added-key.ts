import { DirectoryError } from '../protocol/errors';
import type { Environment } from '../tokens/records';
import type { ApplicationServices } from './application-changes';
import type { ClientIdOrder } from './application-info';
import { releasePointer, reservePointer } from './client-pointers';
import { ENVIRONMENTS } from './key-pairs';
import type { Application, ClientSecret } from './records';
import { refuseValue } from './values';

/** A key pair, or a secret of one, to add to an application. */
export interface AddedKey {
  readonly applicationId: string;
  readonly order: ClientIdOrder;
  /** The client id of the key pair, if there is none yet. */
  readonly clientId: string;
  /** Absent for a public application. */
  readonly secret?: ClientSecret;
  /** Maximum number of secrets of the key pair, expired ones included; `Infinity` for any number. */
  readonly maxSecrets: number;
}

/** Refuses the client id of the other environment: only the client id distinguishes production and sandbox tokens. */
export const refuseShared = ({ keys }: Application, environment: Environment, clientId: string): void => {
  const other = ENVIRONMENTS.find((name) => name !== environment && keys[name]?.clientId === clientId);
  if (other !== undefined) refuseValue(`clientId is the ${other} key of this application already`);
};

/** Refuses a secret for a public application, and a key pair without one for a confidential application. */
export const refuseOtherType = ({ isPublic = false }: Application, added: Pick<AddedKey, 'secret'>): void => {
  if (isPublic && added.secret !== undefined) {
    refuseValue(
      'the application is public, so its keys have no secrets; use generateClientId, or setPublic(id, false)',
    );
  }
  if (!isPublic && added.secret === undefined) {
    refuseValue('the application is confidential, so its keys need a secret; use generateKeys, or setPublic(id, true)');
  }
};

const withKey = (application: Application, added: AddedKey): Application => {
  const { applicationId, order, clientId, secret, maxSecrets } = added;
  const { keys, removing } = application;
  const { environment } = order;
  if (removing)
    throw new DirectoryError('ERR_SCOPEGATE_NOT_FOUND', `the application "${applicationId}" is being removed`);
  refuseOtherType(application, added);
  refuseShared(application, environment, clientId);
  const pair = keys[environment];
  // A concurrent call may have created the key pair since it was read; without a clientId, this call adds to it.
  if (pair !== undefined && order.clientId !== undefined && pair.clientId !== clientId) {
    return refuseValue(`the application has a ${environment} key already; leave clientId out to keep it`);
  }
  if (secret === undefined)
    return { ...application, keys: { ...keys, [environment]: pair ?? { clientId, secrets: [] } } };
  // The same secret means that the call was repeated because its result was lost.
  if (pair?.secrets.some(({ digest }) => digest === secret.digest)) return { ...application };
  const { clientId: kept, secrets } = pair ?? { clientId, secrets: [] };
  if (secrets.length >= maxSecrets) {
    throw new DirectoryError(
      'ERR_SCOPEGATE_LIMIT',
      `the limit of secrets per key is reached (secretsPerKey: ${maxSecrets}); revoke a secret first`,
      { name: 'too_many_secrets', max: maxSecrets },
    );
  }
  return { ...application, keys: { ...keys, [environment]: { clientId: kept, secrets: [...secrets, secret] } } };
};

/** Adds to a key pair that exists. */
export const addToKeyPair = (
  { directory }: Pick<ApplicationServices, 'directory'>,
  added: AddedKey,
): Promise<Application> =>
  directory.applications.change(added.applicationId, (application) => withKey(application, added));

/**
 * Adds a key pair with its first secret, if it has one, and ensures that its client id, and no unused one, points to the
 * application. The pointer is first: without a key pair it is an unknown client, but a key pair without a pointer is unusable.
 */
export const addKeyPair = async (
  { directory, tokens }: Pick<ApplicationServices, 'directory' | 'tokens'>,
  added: AddedKey,
): Promise<Application> => {
  const { applicationId, order, clientId } = added;
  await reservePointer(directory, clientId, applicationId);
  // An imported id may have been a key of another application, however that was lost: its tokens are not inherited.
  if (order.clientId !== undefined) await tokens.revokeAll({ clientId }, 'removed');
  let application: Application;
  try {
    application = await addToKeyPair({ directory }, added);
  } catch (error) {
    // After a failure of the store the key pair may have been written nevertheless, so the pointer stays.
    if (error instanceof DirectoryError) await releasePointer(directory, clientId, applicationId);
    throw error;
  }
  const kept = application.keys[order.environment]?.clientId;
  if (kept !== clientId) await releasePointer(directory, clientId, applicationId);
  // A concurrent call for the same imported id may have been refused and released the id.
  else if (order.clientId !== undefined) await reservePointer(directory, clientId, applicationId);
  return application;
};
