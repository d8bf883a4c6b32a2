import { DirectoryError } from '../protocol/errors';
import { printValue } from '../protocol/printed-value';
import { mintClientId, mintClientSecret } from '../protocol/secrets';
import { addKeyPair, addToKeyPair, refuseOtherType, refuseShared, type AddedKey } from './added-key';
import { checkId, type ApplicationServices } from './application-changes';
import {
  infoOf,
  type ApplicationInfo,
  type ClientIdOrder,
  type GeneratedKeys,
  type KeyOrder,
} from './application-info';
import { changeAndEnd } from './change-and-end';
import type { Directory } from './directory';
import { newSecret, readClientIdOrder, readKeyOrder } from './key-order';
import { pairsOf, withSecrets } from './key-pairs';
import { emittingLimit } from './reached-limit';
import type { Application, ClientSecret, KeyPair } from './records';
import { checkKey, readCall } from './values';

/** The key pairs of applications. */
export interface ApplicationKeys {
  /**
   * Generates the key pair of an environment, or another secret for an existing one.
   * @throws DirectoryError `ERR_SCOPEGATE_EXISTS` if the clientId is taken, `ERR_SCOPEGATE_LIMIT` if the key pair has
   *   `limits.secretsPerKey` secrets, `ERR_SCOPEGATE_VALUE`, also if the application is public
   */
  generateKeys(id: string, order: KeyOrder): Promise<GeneratedKeys>;
  /**
   * Generates the client id of a public application in an environment. Returns the one that it has, if any.
   * @throws DirectoryError `ERR_SCOPEGATE_EXISTS` if the clientId is taken, `ERR_SCOPEGATE_VALUE`, also if the
   *   application is confidential
   */
  generateClientId(id: string, order: ClientIdOrder): Promise<Pick<GeneratedKeys, 'clientId'>>;
  /** Deletes one secret and ends the grants of its key pair. */
  revokeSecret(id: string, secretId: string): Promise<ApplicationInfo>;
}

const addKey = async (
  services: ApplicationServices,
  id: string,
  given: Pick<AddedKey, 'order' | 'secret'>,
): Promise<KeyPair> => {
  const { directory, limits, emit } = services;
  const { environment, clientId: imported } = given.order;
  const application = await directory.applications.getStored(checkId(id));
  const present = application.keys[environment];
  const clientId = imported ?? present?.clientId ?? mintClientId();
  refuseOtherType(application, given);
  refuseShared(application, environment, clientId);
  const add = present === undefined ? addKeyPair : addToKeyPair;
  const added = { ...given, applicationId: id, clientId, maxSecrets: limits.secretsPerKey };
  const { keys } = await emittingLimit(emit, { limit: 'secretsPerKey', clientId }, () => add(services, added));
  return keys[environment] ?? { clientId, secrets: [] };
};

const generateKeys = async (services: ApplicationServices, id: string, given: KeyOrder): Promise<GeneratedKeys> => {
  const order = readCall((checks) => readKeyOrder(checks, given));
  const clientSecret = order.clientSecret ?? mintClientSecret();
  const secret = newSecret(clientSecret, order, services.directory.clock());
  const { clientId, secrets } = await addKey(services, id, { order, secret });
  const kept = secrets.find(({ digest }) => digest === secret.digest);
  return { clientId, clientSecret, secretId: kept?.id ?? secret.id };
};

const generateClientId = async (
  services: ApplicationServices,
  id: string,
  given: ClientIdOrder,
): Promise<Pick<GeneratedKeys, 'clientId'>> => {
  const order = readCall((checks) => readClientIdOrder(checks, given));
  const { clientId } = await addKey(services, id, { order });
  return { clientId };
};

const changeSecrets = (
  { applications }: Directory,
  id: string,
  make: (secret: ClientSecret) => readonly ClientSecret[],
): Promise<Application> =>
  applications.change(id, (application) => ({ ...application, keys: withSecrets(application.keys, make) }));

const revokeSecret = async (
  { directory, tokens }: ApplicationServices,
  id: string,
  secretId: string,
): Promise<ApplicationInfo> => {
  checkKey(secretId, 'secretId');
  const owned = pairsOf((await directory.applications.getStored(checkId(id))).keys).find(({ secrets }) =>
    secrets.some((secret) => secret.id === secretId),
  );
  if (owned === undefined) {
    throw new DirectoryError('ERR_SCOPEGATE_NOT_FOUND', `there is no secret ${printValue(secretId)}`);
  }
  // Expires the secret, ends the grants, then deletes it: a call that failed halfway finds it and can be repeated.
  const expired = (secret: ClientSecret) => (secret.id === secretId ? [{ ...secret, expiresAt: 0 }] : [secret]);
  await changeAndEnd(
    () => changeSecrets(directory, id, expired), // expired for every gate, however slow its clock is
    () => tokens.revokeAll({ clientId: owned.clientId }, 'secret'),
  );
  return infoOf(await changeSecrets(directory, id, (secret) => (secret.id === secretId ? [] : [secret])));
};

export const createApplicationKeys = (services: ApplicationServices): ApplicationKeys => ({
  generateKeys: (id, order) => generateKeys(services, id, order),
  generateClientId: (id, order) => generateClientId(services, id, order),
  revokeSecret: (id, secretId) => revokeSecret(services, id, secretId),
});
