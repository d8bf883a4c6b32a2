import { randomBytes } from 'node:crypto';
import { aGate, type LogLine, type TestGate } from './gate';

/** A random text: an output that contains it has leaked it. */
export const canary = (name: string): string => `${name}.${randomBytes(9).toString('base64url')}`;

/** Names and secrets for one test. */
export const canaries = () => ({
  key: canary('key'),
  secret: canary('secret/'),
  user: canary('user').toLowerCase(),
  password: canary('pass word'),
});

export type Canaries = ReturnType<typeof canaries>;

/** A gate with one user and one application of these names, and no organizations. */
export const aCanaryGate = (
  { key, secret, user, password }: Canaries,
  overrides: Parameters<typeof aGate>[0] = {},
): TestGate =>
  aGate({
    organizations: [],
    users: [{ username: user, password, roles: ['clerk'] }],
    applications: [{ name: 'Orders app', consumerKey: key, consumerSecret: secret }],
    ...overrides,
  });

/** All lines as one text. */
export const printed = (lines: readonly LogLine[]): string => lines.map((line) => JSON.stringify(line)).join('\n');
