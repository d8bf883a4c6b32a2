import type { ManagedDirectory } from 'scopegate';
import { onRedis } from '../support/stores/every-store';
import { aGate, type Pair, type TokenBody } from '../support/gate/gate';
import { readsRecord, redisWithHook } from '../support/redis/hook';
import { passwordForm, refreshForm } from '../support/tokens/forms';

const SAM: Pair = ['sam@acme', 'sam-password'];

/** Changes that end grants, made on another machine between the look-up of the user and the issue of the token. */
const endings: readonly (readonly [
  name: string,
  end: (directory: ManagedDirectory, applicationId: string) => Promise<unknown>,
])[] = [
  ['the user is disabled', ({ users }) => users.disable(SAM[0])],
  ['the user is removed', ({ users }) => users.remove(SAM[0])],
  ['the password is changed', ({ users }) => users.setPassword(SAM[0], 'another-password')],
  ['the application is disabled', ({ applications }, id) => applications.disable(id)],
  ['the application is removed', ({ applications }, id) => applications.remove(id)],
  ['the organization is disabled', ({ organizations }) => organizations.disable('acme')],
];

/** Sam, signed in to an application of acme, and a second gate that is interrupted when it looks up Sam. */
const interrupted = async (
  roles: readonly string[],
  interrupt: (directory: ManagedDirectory, id: string) => Promise<unknown>,
) => {
  const { redis, prefix } = await onRedis();
  const elsewhere = aGate({ redis, prefix });
  const { organizations, users, applications } = elsewhere.gate.directory;
  await organizations.create({ key: 'acme' });
  await users.create({ username: 'sam', organization: 'acme', password: SAM[1], roles });
  const { id } = await applications.create({ name: 'App', owner: SAM[0] });
  const { clientId, clientSecret } = await applications.generateKeys(id, { environment: 'production' });
  const credentials: Pair = [clientId, clientSecret];
  const before = await elsewhere.signIn(SAM, 'read update', credentials);

  let hasCome = false;
  const hooked = redisWithHook(redis, readsRecord(SAM[0]), async () => {
    await interrupt(elsewhere.gate.directory, id);
    hasCome = true;
  });
  const here = aGate({ redis: hooked, prefix, deadline: 5_000 });
  return { ...here, credentials, before, hasCome: () => hasCome };
};

test.each(endings)('S-085 S-086 S-072 no token stays live when, during a sign-in, %s', async (_how, end) => {
  const { token, get, credentials, hasCome } = await interrupted([], end);
  const answer = await token(passwordForm(SAM, 'read update'), credentials);
  expect(hasCome()).toBe(true);
  if (answer.status !== 200) return;
  const tokens = answer.body as TokenBody;
  expect((await get('/me', tokens.access_token)).status).toBe(401);
  expect((await token(refreshForm(tokens.refresh_token), credentials)).status).not.toBe(200);
});

test.each(endings)('S-221 no token stays live when, during a refresh, %s', async (_how, end) => {
  const { token, get, credentials, before, hasCome } = await interrupted([], end);
  const answer = await token(refreshForm(before.refresh_token), credentials);
  expect(hasCome()).toBe(true);
  expect([answer.status, (answer.body as TokenBody).error]).toEqual([400, 'invalid_grant']);
  expect((await get('/me', before.access_token)).status).toBe(401);
});

test.each([
  ['a sign-in', () => passwordForm(SAM, 'read update')],
  ['a refresh', ({ refresh_token }: TokenBody) => refreshForm(refresh_token)],
])('S-117 a role that is removed during %s grants no access afterwards', async (_during, form) => {
  const withoutRoles = ({ users }: ManagedDirectory) => users.setRoles(SAM[0], []);
  const { token, put, credentials, before, hasCome } = await interrupted(['clerk'], withoutRoles);
  const answer = await token(form(before), credentials);
  expect(hasCome()).toBe(true);
  if (answer.status === 200)
    expect((await put('/orders/1', (answer.body as TokenBody).access_token)).status).not.toBe(200);
});

test('S-117 S-130 the repeat of a refresh during which a role was removed is answered with the same pair', async () => {
  const withoutRoles = ({ users }: ManagedDirectory) => users.setRoles(SAM[0], []);
  const { token, put, credentials, before, hasCome } = await interrupted(['clerk'], withoutRoles);
  const first = await token(refreshForm(before.refresh_token), credentials);
  expect(hasCome()).toBe(true);
  expect([first.status, (first.body as TokenBody).scope]).toEqual([200, 'read']);
  const repeat = await token(refreshForm(before.refresh_token), credentials);
  expect([repeat.status, repeat.text]).toEqual([200, first.text]);
  expect((await put('/orders/1', (first.body as TokenBody).access_token)).status).toBe(403);
});
