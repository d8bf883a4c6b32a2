import type { GrantType, IssueOccasion } from 'scopegate';
import type { GrantHandler } from '../../src/grants/grant-handler';
import type { Grants } from '../../src/grants/grants';
import { GRANT_PARAMETERS, GRANT_TYPES, GRANTS, requiredParametersOf } from '../../src/protocol/grant-types';

// Lines that must not compile are marked: `npm run types` fails if one of them does compile.

/** `true` if two types are the same to the compiler, and neither is `any`. */
type Same<A, B> = 0 extends 1 & A ? false : [A, B] extends [B, A] ? true : false;

declare const handler: GrantHandler;

const all = () => ({
  password: handler,
  authorization_code: handler,
  refresh_token: handler,
  client_credentials: handler,
});

const tables = (): readonly Grants[] => [
  all(),
  // @ts-expect-error a grant type without a handler
  { password: handler, authorization_code: handler, refresh_token: handler },
  // @ts-expect-error a handler of a grant type that the gate does not offer
  { ...all(), implicit: handler },
];

const derived = (): void => {
  void (true satisfies Same<GrantType, keyof typeof GRANTS>);
  // A refresh continues a grant: its occasion is that of the grant.
  void (true satisfies Same<IssueOccasion, Exclude<GrantType, 'refresh_token'> | 'management'>);
};

test('the tables of grants compile only if they are complete', () => {
  expect([tables, derived]).toHaveLength(2);
});

test('every grant type declares its parameters, the required ones among them', () => {
  for (const grantType of GRANT_TYPES) {
    for (const name of requiredParametersOf(grantType)) expect(GRANT_PARAMETERS).toContain(name);
    for (const name of Object.keys(GRANTS[grantType].parameters)) expect(GRANT_PARAMETERS).toContain(name);
  }
  expect(GRANT_TYPES).toEqual(['password', 'authorization_code', 'refresh_token', 'client_credentials']);
});
