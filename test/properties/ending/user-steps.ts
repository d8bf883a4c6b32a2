import type { UserRecord } from './directory-model';
import { localName, organizationOf, passwordText, printRoles, printScopes, type Roles, type UserName } from './names';
import { lastPairOf } from './grants-model';
import type { EndingModel } from './ending-model';
import type { UserOperation } from './operation';
import { Principal } from './principal';
import { single, verdictOf, type Step } from './step';
import type { World } from './world';

const create = ({ directory }: EndingModel, at: UserOperation['at'], user: UserName, roles: Roles) => {
  const organization = organizationOf(user);
  if (directory.users.has(user) || !directory.organizations.has(organization)) return undefined;
  const password = directory.nextText();
  directory.users.set(user, { principal: new Principal(), isDeclared: false, isEnabled: true, password, roles });
  const given = { username: localName(user), organization, password: passwordText(password), roles };
  return single(at, `${user} is created with ${printRoles(roles)}`, 'done', ({ gate }) =>
    verdictOf(gate.directory.users.create(given).then(() => 'done')),
  );
};

const setPassword = ({ directory }: EndingModel, at: UserOperation['at'], user: UserName, record: UserRecord): Step => {
  const password = directory.nextText();
  directory.retire(user, record.password);
  directory.users.set(user, { ...record, password });
  record.principal.endGrants();
  return single(at, `${user} gets a new password`, 'done', ({ gate }) =>
    verdictOf(gate.directory.users.setPassword(user, passwordText(password)).then(() => 'done')),
  );
};

const remove = ({ directory }: EndingModel, at: UserOperation['at'], user: UserName, record: UserRecord): Step => {
  directory.retire(user, record.password);
  directory.users.delete(user);
  record.principal.remove();
  return single(at, `${user} is removed`, 'done', ({ gate }) => verdictOf(gate.directory.users.remove(user)));
};

const setEnabled = (
  { directory }: EndingModel,
  { at, user }: UserOperation,
  record: UserRecord,
  isEnabled: boolean,
): Step => {
  directory.users.set(user, { ...record, isEnabled });
  if (!isEnabled) record.principal.endGrants();
  const name = record.isDeclared ? `${user}, who is declared,` : user;
  return single(at, `${name} is ${isEnabled ? 'enabled' : 'disabled'}`, 'done', ({ gate }) => {
    const { users } = gate.directory;
    return verdictOf((isEnabled ? users.enable(user) : users.disable(user)).then(() => 'done'));
  });
};

const change = (model: EndingModel, operation: UserOperation, record: UserRecord): Step | undefined => {
  const { at, user } = operation;
  const isBlocking = operation.do === 'disableUser' || operation.do === 'enableUser';
  if (record.isDeclared && !isBlocking) return undefined;
  if (operation.do === 'setRoles') {
    const { roles } = operation;
    model.directory.users.set(user, { ...record, roles });
    record.principal.endAccess();
    return single(at, `${user} gets ${printRoles(roles)}`, 'done', ({ gate }) =>
      verdictOf(gate.directory.users.setRoles(user, roles).then(() => 'done')),
    );
  }
  if (operation.do === 'setPassword') return setPassword(model, at, user, record);
  if (operation.do === 'removeUser') return remove(model, at, user, record);
  return setEnabled(model, operation, record, operation.do === 'enableUser');
};

const revoke = ({ directory }: EndingModel, { at, user }: UserOperation): Step => {
  directory.users.get(user)?.principal.endGrants();
  return single(at, `the grants of ${user} are revoked`, 'done', ({ gate }) => verdictOf(gate.tokens.revoke({ user })));
};

/** The grants with live tokens, as the gate prints them: the last access token, or else what the grant keeps. */
const list = ({ grants }: EndingModel, { at, user }: UserOperation): Step => {
  const live = grants.all.filter((grant) => grant.user === user && grants.isLive(grant));
  const lines = live.map((grant) => {
    const access = lastPairOf(grant)?.access;
    const isAccepted = access !== undefined && grants.isAccepted(access);
    return `${grant.client} ${printScopes(isAccepted ? access.scopes : grant.scopes)}`;
  });
  const print = (found: readonly string[]): string => `listed [${[...found].sort().join(', ')}]`;
  return single(at, `the grants of ${user} are listed`, print(lines), async ({ gate }) => {
    const found: string[] = [];
    for await (const { clientId, scopes } of gate.tokens.find({ user }))
      found.push(`${clientId} ${printScopes(scopes)}`);
    return print(found);
  });
};

export const userStep = ({ model }: World, operation: UserOperation): Step | undefined => {
  if (operation.do === 'createUser') return create(model, operation.at, operation.user, operation.roles);
  if (operation.do === 'revokeUser') return revoke(model, operation);
  if (operation.do === 'listGrants') return list(model, operation);
  const record = model.directory.users.get(operation.user);
  return record === undefined ? undefined : change(model, operation, record);
};
