import { DirectoryError } from '../protocol/errors';
import { printValue } from '../protocol/printed-value';
import { mintClientId, mintClientSecret } from '../protocol/secrets';
import { addKeyPair, addSecret, refuseShared } from './added-secret';
import { checkId, type ApplicationServices } from './application-changes';
import { infoOf, type ApplicationInfo, type GeneratedKeys, type KeyOrder } from './application-info';
import { changeAndEnd } from './change-and-end';
import type { Directory } from './directory';
import { newSecret, readKeyOrder } from './key-order';
import { pairsOf, withSecrets } from './key-pairs';
import { emittingLimit } from './reached-limit';
import type { Application, ClientSecret } from './records';
import { checkKey, readCall } from './values';

/** The key pairs of applications. */
export interface ApplicationKeys {
  /**
   * Generates the key pair of an environment, or another secret for an existing one.
   * @throws DirectoryError `ERR_SCOPEGATE_EXISTS` if the clientId is taken, `ERR_SCOPEGATE_LIMIT` if the key pair has
   *   `limits.secretsPerKey` secrets, `ERR_SCOPEGATE_VALUE`
   */
  generateKeys(id: string, order: KeyOrder): Promise<GeneratedKeys>;
  /** Deletes one secret and ends the grants of its key pair. */
  revokeSecret(id: string, secretId: string): Promise<ApplicationInfo>;
}

const generateKeys = async (services: ApplicationServices, id: string, given: KeyOrder): Promise<GeneratedKeys> => {
  const { directory, limits, emit } = services;
  const order = readCall((checks) => readKeyOrder(checks, given));
  const clientSecret = order.clientSecret ?? mintClientSecret();
  const secret = newSecret(clientSecret, order, directory.clock());
  const application = await directory.applications.getStored(checkId(id));
  const present = application.keys[order.environment];
  const clientId = order.clientId ?? present?.clientId ?? mintClientId();
  refuseShared(application, order.environment, clientId);
  const add = present === undefined ? addKeyPair : addSecret;
  const added = { applicationId: id, order, clientId, secret, maxSecrets: limits.secretsPerKey };
  const { keys } = await emittingLimit(emit, { limit: 'secretsPerKey', clientId }, () => add(services, added));
  const pair = keys[order.environment];
  const kept = pair?.secrets.find(({ digest }) => digest === secret.digest);
  return { clientId: pair?.clientId ?? clientId, clientSecret, secretId: kept?.id ?? secret.id };
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
  revokeSecret: (id, secretId) => revokeSecret(services, id, secretId),
});
