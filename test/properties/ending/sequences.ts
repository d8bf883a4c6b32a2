import fc from 'fast-check';
import { anyOperation, applicationDeclared, organizationDeclared, userDeclared } from './any-operation';
import type { Change, Operation } from './operation';
import { phrase } from './phrases';
import type { Sequence } from './sequence';

/** What most sequences begin with; a part that a failure does not need is left out when the sequence is shrunk. */
const first: readonly Operation[] = [
  { do: 'createOrganization', at: 'A', organization: 'north' },
  { do: 'createUser', at: 'B', user: 'cid@north', roles: ['clerk'] },
  { do: 'createApplication', at: 'A', key: 'key-2', organization: 'north' },
  { do: 'signIn', at: 'B', key: 'key-2', user: 'cid@north', password: 'present', secret: 'present' },
  { do: 'signIn', at: 'A', key: 'key-1', user: 'ann@base', password: 'present', secret: 'present' },
  { do: 'useAll', at: 'A' },
  { do: 'useAll', at: 'B' },
];
const firstDeclared: readonly Change[] = [
  { kind: 'userDeclared', user: 'ann@base', roles: ['clerk'] },
  { kind: 'applicationDeclared', key: 'key-1', organization: 'base' },
];

const mostOf = <T>(all: readonly T[]): fc.Arbitrary<readonly T[]> =>
  fc
    .tuple(...all.map((part) => fc.option(fc.constant(part), { freq: 8, nil: undefined })))
    .map((parts) => parts.filter((part) => part !== undefined));

const declared: fc.Arbitrary<readonly Change[]> = fc
  .tuple(
    mostOf(firstDeclared),
    fc.array(fc.oneof(organizationDeclared, userDeclared, applicationDeclared), { maxLength: 2 }),
  )
  .map(([usual, others]) => [...usual, ...others]);

const phrases = fc.oneof(
  { weight: 5, arbitrary: anyOperation.map((operation): readonly Operation[] => [operation]) },
  { weight: 1, arbitrary: phrase },
);

/** Sequences of operations over two gates that start with the same declarations. */
export const sequences: fc.Arbitrary<Sequence> = fc.record({
  declared,
  operations: fc
    .tuple(mostOf(first), fc.array(phrases, { maxLength: 10 }))
    .map(([begin, rest]) => [...begin, ...rest.flat()]),
});
