import type { Gate } from '../../gate';
import type { GrantInfo } from '../../tokens/live-grants';
import { exactlyOneOf } from '../arguments';
import type { Command } from '../command';
import { Problem } from '../failure';
import { withGate, type OperatorGate } from '../operator-gate';
import { EXIT, type Outcome } from '../outcome';
import { findApplication, mayBeUser, normalUser } from '../owner';
import { printable, printInstant, printTable } from '../printed-table';
import { readSecret } from '../secret-source';
import { STORE_FLAGS } from '../store-flags';

const OWNER_FLAGS = {
  user: { value: 'NAME', doc: 'full name of a user, or the id that a users function returns' },
  client: { value: 'KEY', doc: 'consumer key of an application' },
};

/** Returns the gates that know the user's tokens: a `users` function decides about names itself. */
const gatesFor = (opened: OperatorGate, user: string): readonly Gate[] =>
  normalUser(user) === user ? [opened.gate] : [opened.gate, opened.literal];

const findGrants = async (opened: OperatorGate, { name, value }: ReturnType<typeof ownerIn>): Promise<GrantInfo[]> => {
  const found: GrantInfo[] = [];
  if (name === 'client') {
    for await (const grant of opened.gate.tokens.find({ clientId: value })) found.push(grant);
    return found;
  }
  for (const gate of gatesFor(opened, value)) {
    for await (const grant of gate.tokens.find({ user: value })) found.push(grant);
  }
  return found;
};

const ownerIn = (values: Parameters<typeof exactlyOneOf>[0]) => exactlyOneOf(values, ['user', 'client']);

const HEADS = ['GRANT', 'CLIENT', 'USER', 'ENVIRONMENT', 'SCOPES', 'ACCESS TOKEN UNTIL', 'REFRESH TOKEN UNTIL'];

const rowOf = ({ grantId, clientId, subject, environment, scopes, accessToken, refreshToken }: GrantInfo) => [
  grantId,
  clientId,
  subject ?? '-',
  environment,
  scopes.join(' '),
  printInstant(accessToken?.expiresAt),
  printInstant(refreshToken?.expiresAt),
];

export const tokensList: Command = {
  words: ['tokens', 'list'],
  summary: 'Lists the grants of a user or a client that have live tokens. Tokens themselves are not stored.',
  flags: { ...OWNER_FLAGS, ...STORE_FLAGS },
  run: async (run) => {
    const owner = ownerIn(run.values);
    const grants = await withGate(run, (opened) => findGrants(opened, owner));
    return { json: grants, text: printTable(HEADS, grants.map(rowOf)) };
  },
};

/** Runs a revocation. @returns true if something has ended */
const revoking = async (gate: Gate, what: Parameters<Gate['tokens']['revoke']>[0]): Promise<boolean> => {
  let isEnded = false;
  const stop = gate.on('revoke', () => {
    isEnded = true;
  });
  await gate.tokens.revoke(what);
  stop();
  return isEnded;
};

const revokeUser = async (opened: OperatorGate, user: string): Promise<Outcome> => {
  let isEnded = false;
  for (const gate of gatesFor(opened, user)) isEnded = (await revoking(gate, { user })) || isEnded;
  if (!isEnded && !(await mayBeUser(opened, user))) {
    throw new Problem('There is no user of this name, and no token of one. Gates were notified nevertheless');
  }
  return { json: { revoked: { user }, ended: isEnded }, text: `All tokens of the user ${printable(user)} are revoked` };
};

const revokeClient = async (opened: OperatorGate, clientId: string): Promise<Outcome> => {
  const isEnded = await revoking(opened.gate, { clientId });
  if (!isEnded) await findApplication(opened, clientId);
  return {
    json: { revoked: { clientId }, ended: isEnded },
    text: `All tokens of the client ${printable(clientId)} are revoked`,
  };
};

const revokeToken = async ({ gate }: OperatorGate, token: string): Promise<Outcome> => {
  const isEnded = await revoking(gate, { token });
  if (isEnded) {
    return {
      json: { revoked: { token: true }, ended: true },
      text: 'The token and all others of its grant are revoked',
    };
  }
  return {
    json: { revoked: { token: true }, ended: false },
    text: 'The token is unknown: it has expired, was revoked, or was never issued here. Gates were notified nevertheless',
    exit: EXIT.problem,
  };
};

export const tokensRevoke: Command = {
  words: ['tokens', 'revoke'],
  summary: 'Ends all tokens of a user or a client, or the grant of one token, on all gates.',
  notes: ['It does not disable the user or the client: see users disable and applications disable.'],
  flags: {
    ...OWNER_FLAGS,
    'token-file': { value: 'FILE', doc: 'file with an access or refresh token; - is standard input' },
    ...STORE_FLAGS,
  },
  run: async (run) => {
    const { name, value } = exactlyOneOf(run.values, ['user', 'client', 'token-file']);
    if (name === 'token-file') {
      const token = await readSecret(value, run.input);
      return withGate(run, (opened) => revokeToken(opened, token));
    }
    return withGate(run, (opened) => (name === 'user' ? revokeUser(opened, value) : revokeClient(opened, value)));
  },
};
