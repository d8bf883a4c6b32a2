import { randomBytes } from 'node:crypto';
import { aGate, type LogLine, type TestGate } from './gate';

/** A text that occurs nowhere else. */
export const marked = (name: string): string => `${name}.${randomBytes(9).toString('base64url')}`;

/** Names and secrets for one test. */
export const markers = () => ({
  key: marked('key'),
  secret: marked('secret/'),
  user: marked('user').toLowerCase(),
  password: marked('pass word'),
});

export type Markers = ReturnType<typeof markers>;

/** A gate with one user and one application of these names, and no organizations. */
export const aMarkedGate = (
  { key, secret, user, password }: Markers,
  overrides: Parameters<typeof aGate>[0] = {},
): TestGate =>
  aGate({
    organizations: [],
    users: [{ username: user, password, roles: ['clerk'] }],
    applications: [{ name: 'Orders app', consumerKey: key, consumerSecret: secret }],
    ...overrides,
  });

export const printed = (lines: readonly LogLine[]): string => lines.map((line) => JSON.stringify(line)).join('\n');
