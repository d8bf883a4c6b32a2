import { aGate, APPLICATION, type Pair } from '../support/gate';

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
  gate.token({ grant_type: 'password', username, password });

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
])('guesses at %s', (_kind, name, spellings) => {
  test('S-091 S-095 count for the account in whatever spelling they come', async () => {
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

test('S-097 do not count for other accounts', async () => {
  const gate = aGuessedGate();
  for (let guess = 0; guess < 3; guess += 1) await signIn(gate, ['émile@korg', 'wrong']);
  expect((await signIn(gate, [`${long}@korg`, 'right'])).status).toBe(200);
});
