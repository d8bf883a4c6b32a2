import type { RevokeEvent } from '../../events/gate-events';
import type { Gate } from '../../gate';
import type { GrantInfo } from '../../tokens/live-grants';
import type { Action } from '../audit';
import { exactlyOneOf } from '../arguments';
import type { Command } from '../command';
import { Problem, WrongUse } from '../failure';
import { withGate, type OperatorGate } from '../operator-gate';
import { EXIT, type Outcome } from '../outcome';
import { findExistingOrganization } from '../organization';
import { findApplication, findUser, mayBeUser, nearestUser, normalUser } from '../owner';
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

async function* grantsOf(opened: OperatorGate, { name, value }: ReturnType<typeof ownerIn>): AsyncGenerator<GrantInfo> {
  if (name === 'client') yield* opened.gate.tokens.find({ clientId: value });
  else for (const gate of gatesFor(opened, value)) yield* gate.tokens.find({ user: value });
}

const readLimit = (text: string | undefined): number => {
  if (text === undefined) return Number.POSITIVE_INFINITY;
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new WrongUse('--limit must be a number from 1');
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
  flags: { ...OWNER_FLAGS, limit: { value: 'N', doc: 'lists at most N grants; default: all' }, ...STORE_FLAGS },
  run: async (run) => {
    const owner = ownerIn(run.values);
    const limit = readLimit(run.values['limit']);
    const grants: GrantInfo[] = [];
    await withGate(run, async (opened) => {
      for await (const grant of grantsOf(opened, owner)) {
        if (grants.length === limit) return run.warn(`There are more than ${limit} grants`);
        grants.push(grant);
      }
    });
    return { json: grants, text: printTable(HEADS, grants.map(rowOf)) };
  },
};

/** Runs a revocation. @returns the event of what has ended; `undefined` if nothing had to end */
const revoking = async (
  gate: Gate,
  what: Parameters<Gate['tokens']['revoke']>[0],
): Promise<RevokeEvent | undefined> => {
  let ended: RevokeEvent | undefined;
  const stop = gate.on('revoke', (event) => {
    ended ??= event;
  });
  await gate.tokens.revoke(what);
  stop();
  return ended;
};

/** Returns a revocation as the audit records it. */
const actionOf = (facts: Pick<RevokeEvent, 'organization' | 'subject' | 'clientId'>, detail?: string): Action => ({
  action: 'revoke_tokens',
  ...(facts.organization === undefined ? {} : { organization: facts.organization }),
  ...(facts.subject === undefined ? {} : { target: facts.subject }),
  ...(facts.clientId === undefined ? {} : { clientId: facts.clientId }),
  ...(detail === undefined ? {} : { detail }),
});

const revokeUser = async (opened: OperatorGate, user: string): Promise<Outcome> => {
  let isEnded = false;
  for (const gate of gatesFor(opened, user)) isEnded = (await revoking(gate, { user })) !== undefined || isEnded;
  const found = await findUser(opened, user);
  if (!isEnded && found === undefined && !(await mayBeUser(opened, user))) {
    const meant = await nearestUser(opened, user);
    throw new Problem(
      `There is no user with this name, and no token of such a user. Gates were notified anyway${meant}`,
    );
  }
  opened.note(actionOf({ ...found, subject: found?.username ?? user }));
  return { json: { revoked: { user }, ended: isEnded }, text: `All tokens of the user ${printable(user)} are revoked` };
};

const revokeClient = async (opened: OperatorGate, clientId: string): Promise<Outcome> => {
  const ended = await revoking(opened.gate, { clientId });
  const application = await findApplication(opened, clientId).catch((error: unknown) => {
    if (ended === undefined || !(error instanceof Problem)) throw error;
    return undefined; // tokens of a former application
  });
  opened.note(actionOf({ ...ended, ...application, clientId }));
  return {
    json: { revoked: { clientId }, ended: ended !== undefined },
    text: `All tokens of the client ${printable(clientId)} are revoked`,
  };
};

const revokeOrganization = async (opened: OperatorGate, given: string): Promise<Outcome> => {
  const { key } = await findExistingOrganization(opened, given);
  const ended = await revoking(opened.gate, { organization: key });
  opened.note(actionOf({ organization: key }, 'all users and applications'));
  return {
    json: { revoked: { organization: key }, ended: ended !== undefined },
    text: `All tokens of the organization ${printable(key)} are revoked`,
  };
};

const UNKNOWN_GRANT = 'it has expired, was revoked, or was never issued here. Gates were notified anyway';

const revokeGrant = async (
  { gate, note }: OperatorGate,
  what: { readonly token: string } | { readonly grantId: string },
): Promise<Outcome> => {
  const ended = await revoking(gate, what);
  const revoked = 'token' in what ? { token: true } : what;
  const noun = 'token' in what ? 'token' : 'grant';
  if (ended === undefined) {
    const text = `The ${noun} is unknown: ${UNKNOWN_GRANT}`;
    return { json: { revoked, ended: false }, text, exit: EXIT.problem };
  }
  note(actionOf(ended, `one grant, by its ${noun === 'token' ? 'token' : 'id'}`));
  const text =
    noun === 'token' ? 'The token and all others of its grant are revoked' : 'The tokens of the grant are revoked';
  return { json: { revoked, ended: true }, text };
};

const REVOCATIONS = {
  user: revokeUser,
  client: revokeClient,
  organization: revokeOrganization,
  grant: (opened: OperatorGate, grantId: string) => revokeGrant(opened, { grantId }),
  'token-file': (opened: OperatorGate, token: string) => revokeGrant(opened, { token }),
} satisfies Readonly<Record<string, (opened: OperatorGate, value: string) => Promise<Outcome>>>;

export const tokensRevoke: Command = {
  words: ['tokens', 'revoke'],
  summary: 'Ends all tokens of a user, a client or an organization, or those of one grant, on all gates.',
  notes: ['It does not disable the user or the client: see users disable and applications disable.'],
  flags: {
    ...OWNER_FLAGS,
    'token-file': { value: 'FILE', doc: 'file with an access or refresh token; - is standard input' },
    organization: { value: 'KEY', doc: 'key of an organization: the tokens of all its users and applications' },
    grant: { value: 'ID', doc: 'a grant, as tokens list prints it' },
    ...STORE_FLAGS,
  },
  run: async (run) => {
    const { name, value } = exactlyOneOf(run.values, ['user', 'client', 'token-file', 'organization', 'grant']);
    const given = name === 'token-file' ? await readSecret(value, run) : value;
    return withGate(run, (opened) => REVOCATIONS[name](opened, given));
  },
};
