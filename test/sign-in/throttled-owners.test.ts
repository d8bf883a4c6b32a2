import express from 'express';
import request from 'supertest';
import { onRedis } from '../support/stores/every-store';
import { aGate, APPLICATION, JANE, type Pair, cheapPasswords } from '../support/gate/gate';
import { readsRecord, redisWithHook } from '../support/redis/hook';
import { passwordForm } from '../support/tokens/forms';

const long = 'x'.repeat(254);

const aGuessedGate = () =>
  aGate({
    organizations: [{ key: 'korg' }],
    users: [
      { username: 'émile', organization: 'korg', password: 'right' },
      { username: long, organization: 'korg', password: 'right' },
    ],
    applications: [{ name: 'App', owner: 'émile@korg', consumerKey: APPLICATION[0], consumerSecret: APPLICATION[1] }],
    throttle: { accountAndAddress: { failures: 2 } },
  });

const signIn = (gate: ReturnType<typeof aGate>, [username, password]: Pair) =>
  gate.token(passwordForm([username, password]));

describe.each([
  [
    'a short name',
    'émile@korg',
    ['ÉMILE@KORG', 'e\u0301mile@korg', 'Émile@Korg', 'émile@\u212Aorg', 'ÉMILE@\u212AORG', 'éMILE@\u212AorG'],
  ],
  [
    'the longest name',
    `${long}@korg`,
    [`${long.toUpperCase()}@korg`, `X${long.slice(1)}@korg`, `xX${long.slice(2)}@KORG`],
  ],
])('failed sign-ins at %s', (_kind, name, spellings) => {
  test('S-091 S-095 count for the account, in whatever spelling the name is sent', async () => {
    const gate = aGuessedGate();
    for (const spelling of spellings.slice(0, 3)) await signIn(gate, [spelling, 'wrong']);
    // Over the limit, the right password is refused like a wrong one, under every name that means this account.
    const wrong = await signIn(gate, [name, 'wrong']);
    for (const spelling of [name, ...spellings]) {
      const answer = await signIn(gate, [spelling, 'right']);
      expect([spelling, answer.status, answer.text]).toEqual([spelling, 400, wrong.text]);
    }
  });
});

test('S-097 failed sign-ins do not count for other accounts', async () => {
  const gate = aGuessedGate();
  for (let guess = 0; guess < 3; guess += 1) await signIn(gate, ['émile@korg', 'wrong']);
  expect((await signIn(gate, [`${long}@korg`, 'right'])).status).toBe(200);
});

describe('a full password queue', () => {
  const SAM: Pair = ['sam@johnsorg', 'sam-password'];
  const form = ([username, password]: Pair) => passwordForm([username, password]);

  /** A gate for one sign-in at a time, in the middle of which something happens; `from` posts from any address. */
  const inTheMiddleOfASignIn = async (
    act: (from: (address: string, who: Pair) => request.Test) => Promise<unknown>,
  ) => {
    const { redis, prefix } = await onRedis();
    const [username = ''] = SAM[0].split('@');
    const elsewhere = aGate({ redis, prefix });
    await elsewhere.gate.directory.users.create({ username, organization: 'johnsorg', password: SAM[1] });
    const { app: gate } = aGate({
      redis: redisWithHook(redis, readsRecord(SAM[0]), () => act(from)),
      prefix,
      deadline: 5_000,
      passwords: { ...cheapPasswords, concurrency: 1, queue: 0 },
      throttle: { address: { failures: 1 } },
    });
    const app = express().set('trust proxy', 1).use(gate);
    const from = (address: string, who: Pair): request.Test =>
      request(app)
        .post('/token')
        .set('X-Forwarded-For', address)
        .auth(...APPLICATION)
        .type('form')
        .send(form(who));
    const counters = async () => (await redis.call('keys', `${prefix}*throttle*`)) as readonly string[];
    return { from, counters };
  };

  test('S-350 S-351 refuses a sign-in before anything is counted, and accepts it later', async () => {
    const seen: unknown[] = [];
    const { from, counters } = await inTheMiddleOfASignIn(async (another) => {
      const before = await counters();
      const answer = await another('192.0.2.1', JANE);
      seen.push(before.length, answer.status, answer.headers['retry-after'], (await counters()).length);
    });
    await from('192.0.2.9', SAM).expect(200);
    expect(seen).toEqual([3, 503, '1', 3]);
    await from('192.0.2.1', JANE).expect(200);
  });

  test('S-082 S-084 refuses every sign-in alike, for any user and any password', async () => {
    const texts = new Set<string>();
    const { from } = await inTheMiddleOfASignIn(async (another) => {
      for (const who of [JANE, [JANE[0], 'wrong'], ['nobody@johnsorg', 'x'], ['nobody@nowhere', 'x']] as const) {
        texts.add((await another('192.0.2.1', who).expect(503)).text);
      }
    });
    await from('192.0.2.9', SAM).expect(200);
    expect(texts.size).toBe(1);
  });

  test('S-096 does not hide the 429 for an address that has failed too often', async () => {
    const statuses: number[] = [];
    const { from } = await inTheMiddleOfASignIn(async (another) => {
      for (const address of ['192.0.2.1', '192.0.2.2']) statuses.push((await another(address, JANE)).status);
    });
    for (const status of [400, 429]) await from('192.0.2.1', [JANE[0], 'wrong']).expect(status);
    await from('192.0.2.9', SAM).expect(200);
    expect(statuses).toEqual([429, 503]);
  });
});

test('sign-ins through a users function do not wait for the password queue', async () => {
  const gate = aGate({
    passwords: { ...cheapPasswords, concurrency: 1, queue: 0 },
    organizations: [],
    applications: [{ name: 'App', consumerKey: APPLICATION[0], consumerSecret: APPLICATION[1] }],
    users: (username) => ({ id: username }),
  });
  const names = Array.from({ length: 10 }, (_, index) => `user${index}`);
  const answers = await Promise.all(names.map((name) => signIn(gate, [name, 'x'])));
  expect(answers.map(({ status }) => status)).toEqual(names.map(() => 200));
});
