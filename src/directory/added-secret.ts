import { DirectoryError } from '../protocol/errors';
import type { Environment } from '../tokens/records';
import type { ApplicationServices } from './application-changes';
import type { KeyOrder } from './application-info';
import { releasePointer, reservePointer } from './client-pointers';
import { ENVIRONMENTS } from './key-pairs';
import type { Application, ClientSecret } from './records';
import { refuseValue } from './values';

/** A secret to add to an application. */
export interface AddedSecret {
  readonly applicationId: string;
  readonly order: KeyOrder;
  /** The client id of the key pair, if this secret creates it. */
  readonly clientId: string;
  readonly secret: ClientSecret;
  /** Maximum number of secrets of the key pair, expired ones included; `Infinity` for any number. */
  readonly maxSecrets: number;
}

/** Refuses the client id of the other environment: only the client id distinguishes production and sandbox tokens. */
export const refuseShared = ({ keys }: Application, environment: Environment, clientId: string): void => {
  const other = ENVIRONMENTS.find((name) => name !== environment && keys[name]?.clientId === clientId);
  if (other !== undefined) refuseValue(`clientId is the ${other} key of this application already`);
};

const withSecret = (application: Application, added: AddedSecret): Application => {
  const { applicationId, order, clientId, secret, maxSecrets } = added;
  const { keys, removing } = application;
  const { environment } = order;
  if (removing)
    throw new DirectoryError('ERR_SCOPEGATE_NOT_FOUND', `the application "${applicationId}" is being removed`);
  refuseShared(application, environment, clientId);
  const pair = keys[environment];
  // A concurrent call may have created the key pair since it was read; without a clientId, this call adds to it.
  if (pair !== undefined && order.clientId !== undefined && pair.clientId !== clientId) {
    return refuseValue(`the application has a ${environment} key already; leave clientId out to add a secret to it`);
  }
  // The same secret means that the call was repeated because its result was lost.
  if (pair?.secrets.some(({ digest }) => digest === secret.digest)) return { ...application };
  const { clientId: kept, secrets } = pair ?? { clientId, secrets: [] };
  if (secrets.length >= maxSecrets) {
    throw new DirectoryError(
      'ERR_SCOPEGATE_LIMIT',
      `the limit of secrets per key is reached (secretsPerKey: ${maxSecrets}); revoke a secret first`,
    );
  }
  return { ...application, keys: { ...keys, [environment]: { clientId: kept, secrets: [...secrets, secret] } } };
};

/** Adds a secret to a key pair that exists. */
export const addSecret = (
  { directory }: Pick<ApplicationServices, 'directory'>,
  added: AddedSecret,
): Promise<Application> =>
  directory.applications.change(added.applicationId, (application) => withSecret(application, added));

/**
 * Adds a key pair with its first secret, and ensures that its client id, and no unused one, points to the application.
 * The pointer is first: without a key pair it is an unknown client, but a key pair without a pointer is unusable.
 */
export const addKeyPair = async (
  { directory, tokens }: Pick<ApplicationServices, 'directory' | 'tokens'>,
  added: AddedSecret,
): Promise<Application> => {
  const { applicationId, order, clientId } = added;
  await reservePointer(directory, clientId, applicationId);
  // An imported id may have been a key of another application, however that was lost: its tokens are not inherited.
  if (order.clientId !== undefined) await tokens.revokeAll({ clientId }, 'removed');
  let application: Application;
  try {
    application = await addSecret({ directory }, added);
  } catch (error) {
    // After a failure of the store the secret may have been written nevertheless, so the pointer stays.
    if (error instanceof DirectoryError) await releasePointer(directory, clientId, applicationId);
    throw error;
  }
  const kept = application.keys[order.environment]?.clientId;
  if (kept !== clientId) await releasePointer(directory, clientId, applicationId);
  // A concurrent call for the same imported id may have been refused and released the id.
  else if (order.clientId !== undefined) await reservePointer(directory, clientId, applicationId);
  return application;
};
