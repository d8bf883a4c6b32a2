import { callFor, type Applications } from './application-call';
import type { ApplicationRecord } from './directory-model';
import type { EndingModel } from './ending-model';
import { ownerIn, secretText } from './names';
import type { ApplicationOperation } from './operation';
import { Principal } from './principal';
import { addSecret, revokeSecret } from './secret-steps';
import { single, verdictOf, type Step } from './step';
import type { World } from './world';

type Given<O extends ApplicationOperation['do']> = Extract<ApplicationOperation, { readonly do: O }>;

const create = ({ model, answers }: World, given: Given<'createApplication'>): Step | undefined => {
  const { directory } = model;
  const { at, key, organization } = given;
  if (directory.applications.has(key) || !directory.organizations.has(organization)) return undefined;
  const secret = directory.nextText();
  const principal = new Principal();
  directory.applications.set(key, {
    principal,
    isDeclared: false,
    isEnabled: true,
    organization,
    secrets: [secret],
    scopes: undefined,
  });
  return single(at, `an application of ${organization} is created with ${key}`, 'done', async ({ gate }) => {
    const { applications } = gate.directory;
    const { id } = await applications.create({ name: key, owner: ownerIn(organization) });
    answers.ids.set(principal, id);
    const keys = { environment: 'production', clientId: key, clientSecret: secretText(secret) } as const;
    answers.secretIds.set(secret, (await applications.generateKeys(id, keys)).secretId);
    return 'done';
  });
};

const remove = (world: World, { at, key }: ApplicationOperation, record: ApplicationRecord): Step => {
  const { directory } = world.model;
  directory.retire(key, record.secrets.at(-1));
  directory.applications.delete(key);
  record.principal.remove();
  return single(
    at,
    `the application of ${key} is removed`,
    'done',
    callFor(world, key, record, (on, id) => on.remove(id)),
  );
};

const setEnabled = (
  world: World,
  { at, key }: ApplicationOperation,
  record: ApplicationRecord,
  isEnabled: boolean,
): Step => {
  world.model.directory.applications.set(key, { ...record, isEnabled });
  if (!isEnabled) record.principal.endGrants();
  const act = (on: Applications, id: string) => (isEnabled ? on.enable(id) : on.disable(id));
  const which = record.isDeclared ? 'declared application' : 'application';
  return single(
    at,
    `the ${which} of ${key} is ${isEnabled ? 'enabled' : 'disabled'}`,
    'done',
    callFor(world, key, record, act),
  );
};

const setScopes = (world: World, { at, key, scopes }: Given<'setScopes'>, record: ApplicationRecord): Step => {
  world.model.directory.applications.set(key, { ...record, scopes });
  record.principal.endAccess();
  const what = scopes === undefined ? 'every scope' : `only ${scopes.join(' ')}`;
  const act = (on: Applications, id: string) => on.setScopes(id, scopes);
  return single(at, `${key} may have ${what}`, 'done', callFor(world, key, record, act));
};

const revoke = ({ directory }: EndingModel, { at, key }: ApplicationOperation): Step => {
  directory.applications.get(key)?.principal.endGrants();
  return single(at, `the grants of ${key} are revoked`, 'done', ({ gate }) =>
    verdictOf(gate.tokens.revoke({ clientId: key })),
  );
};

const change = (world: World, operation: ApplicationOperation, record: ApplicationRecord): Step | undefined => {
  const isBlocking = operation.do === 'disableApplication' || operation.do === 'enableApplication';
  if (record.isDeclared && !isBlocking) return undefined;
  switch (operation.do) {
    case 'addSecret':
      return addSecret(world, operation, record);
    case 'revokeSecret':
      return revokeSecret(world, operation, record);
    case 'setScopes':
      return setScopes(world, operation, record);
    case 'removeApplication':
      return remove(world, operation, record);
    case 'disableApplication':
    case 'enableApplication':
      return setEnabled(world, operation, record, operation.do === 'enableApplication');
    default:
      return undefined;
  }
};

export const applicationStep = (world: World, operation: ApplicationOperation): Step | undefined => {
  if (operation.do === 'createApplication') return create(world, operation);
  if (operation.do === 'revokeClient') return revoke(world.model, operation);
  const record = world.model.directory.applications.get(operation.key);
  return record === undefined ? undefined : change(world, operation, record);
};
