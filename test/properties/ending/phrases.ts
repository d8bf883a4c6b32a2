import fc from 'fast-check';
import { at, party, text } from './any-operation';
import { organizationOf, type Party } from './names';
import type { Change, GateName, Operation, Text } from './operation';

type OperationOn = (party: Party, at: GateName) => Operation;

/** An operation that ends what was issued to a party, and one after which the party may be served again. */
type Ending = readonly [end: OperationOn, restore?: OperationOn];

/** The gates at which a phrase happens, and the password at its end. */
interface Course {
  readonly issuedAt: GateName;
  readonly endedAt: GateName;
  readonly askedAt: GateName;
  readonly password: Text;
}

const restarting =
  (changeOf: (party: Party) => Change): OperationOn =>
  (names, gate) => ({ do: 'restart', order: gate === 'A' ? 'together' : 'rolling', change: changeOf(names) });

const createUser: OperationOn = ({ user }, gate) => ({ do: 'createUser', at: gate, user, roles: ['clerk'] });

const createApplication: OperationOn = ({ user, key }, gate) => ({
  do: 'createApplication',
  at: gate,
  key,
  organization: organizationOf(user),
});

const onUser =
  (what: 'removeUser' | 'disableUser' | 'enableUser' | 'setPassword' | 'revokeUser'): OperationOn =>
  ({ user }, gate) => ({ do: what, at: gate, user });

const onApplication =
  (
    what: 'removeApplication' | 'disableApplication' | 'enableApplication' | 'addSecret' | 'revokeClient',
  ): OperationOn =>
  ({ key }, gate) => ({ do: what, at: gate, key });

const onOrganization =
  (what: 'createOrganization' | 'removeOrganization' | 'disableOrganization' | 'enableOrganization'): OperationOn =>
  ({ user }, gate) => ({ do: what, at: gate, organization: organizationOf(user) });

const ENDINGS: readonly Ending[] = [
  [onUser('removeUser'), createUser],
  [onUser('disableUser'), onUser('enableUser')],
  [onUser('setPassword')],
  [({ user }, gate) => ({ do: 'setRoles', at: gate, user, roles: [] })],
  [onUser('revokeUser')],
  [onApplication('removeApplication'), createApplication],
  [onApplication('disableApplication'), onApplication('enableApplication')],
  [({ key }, gate) => ({ do: 'revokeSecret', at: gate, key, which: 0 }), onApplication('addSecret')],
  [({ key }, gate) => ({ do: 'setScopes', at: gate, key, scopes: ['read'] })],
  [onApplication('revokeClient')],
  [onOrganization('disableOrganization'), onOrganization('enableOrganization')],
  [onOrganization('removeOrganization'), onOrganization('createOrganization')],
  [restarting(({ user }) => ({ kind: 'userRemoved', user })), createUser],
  [restarting(({ user }) => ({ kind: 'passwordChanged', user }))],
  [restarting(({ user }) => ({ kind: 'rolesRemoved', user }))],
  [restarting(({ key }) => ({ kind: 'applicationRemoved', key })), createApplication],
  [restarting(({ key }) => ({ kind: 'applicationMoved', key }))],
  [restarting(({ key }) => ({ kind: 'secretChanged', key }))],
  [restarting(({ key }) => ({ kind: 'scopesNarrowed', key }))],
  [restarting(({ user }) => ({ kind: 'organizationRemoved', organization: organizationOf(user) }))],
];

/** A party and its application get tokens, both gates cache them, they end, and the party requests tokens again. */
const operationsOf = (
  names: Party,
  [end, restore]: Ending,
  { issuedAt, endedAt, askedAt, password }: Course,
): readonly Operation[] => [
  { do: 'signIn', at: issuedAt, ...names, password: 'present', secret: 'present' },
  { do: 'issue', at: issuedAt === 'A' ? 'B' : 'A', ...names },
  { do: 'askForItself', at: issuedAt, key: names.key },
  { do: 'useAll', at: 'A' },
  { do: 'useAll', at: 'B' },
  end(names, endedAt),
  ...(restore === undefined ? [] : [restore(names, endedAt)]),
  { do: 'signIn', at: askedAt, ...names, password, secret: 'present' },
];

// The first is what a part shrinks to, so that a failure is printed without the parts that it does not need.
const isKept = fc.constantFrom(false, true, true, true, true, true, true, true);

export const phrase: fc.Arbitrary<readonly Operation[]> = fc
  .tuple(
    party,
    fc.constantFrom(...ENDINGS),
    fc.record<Course>({ issuedAt: at, endedAt: at, askedAt: at, password: text }),
    fc.array(isKept, { minLength: 8, maxLength: 8 }),
  )
  .map(([names, ending, course, kept]) => operationsOf(names, ending, course).filter((_, index) => kept[index]));
