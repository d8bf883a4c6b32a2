import { callFor, type Applications } from './application-call';
import type { ApplicationRecord } from './directory-model';
import { secretText } from './names';
import type { ApplicationOperation } from './operation';
import { single, type Step } from './step';
import { known, type World } from './world';

export const addSecret = (world: World, { at, key }: ApplicationOperation, record: ApplicationRecord): Step => {
  const { directory } = world.model;
  const secret = directory.nextText();
  directory.applications.set(key, { ...record, secrets: [...record.secrets, secret] });
  const act = async (on: Applications, id: string): Promise<void> => {
    const added = await on.generateKeys(id, { environment: 'production', clientSecret: secretText(secret) });
    world.answers.secretIds.set(secret, added.secretId);
  };
  return single(at, `${key} gets another secret`, 'done', callFor(world, key, record, act));
};

export const revokeSecret = (
  world: World,
  given: Extract<ApplicationOperation, { readonly do: 'revokeSecret' }>,
  record: ApplicationRecord,
): Step | undefined => {
  const { directory } = world.model;
  const { at, key, which } = given;
  const revoked = record.secrets[which % Math.max(1, record.secrets.length)];
  if (revoked === undefined) return undefined;
  directory.retire(key, revoked);
  directory.applications.set(key, { ...record, secrets: record.secrets.filter((secret) => secret !== revoked) });
  record.principal.endGrants();
  const act = (on: Applications, id: string) => on.revokeSecret(id, known(world.answers.secretIds, revoked));
  const name = record.secrets.length === 1 ? 'its only secret' : `secret ${record.secrets.indexOf(revoked) + 1}`;
  return single(at, `${key} loses ${name}`, 'done', callFor(world, key, record, act));
};
