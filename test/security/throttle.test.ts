import express from 'express';
import request from 'supertest';
import { aGate, APPLICATION, JANE, JOHN, type Pair, type TestGate } from '../support/gate/gate';
import { everyStore, type StoreOptions } from '../support/stores/every-store';
import { passwordForm, refreshForm } from '../support/tokens/forms';

/** Puts a gate behind a proxy that it trusts, so that a test can use any address. */
const behindProxy = (gate: TestGate, trust: boolean | number = 1) => {
  const app = express();
  app.set('trust proxy', trust);
  app.use(gate.app);
  return (form: Readonly<Record<string, string>>, address: string, [key, secret]: Pair = APPLICATION) =>
    request(app).post('/token').set('X-Forwarded-For', address).auth(key, secret).type('form').send(form);
};

const limits = {
  accountAndAddress: { failures: 3 },
  address: { failures: 8 },
  account: { failures: 6 },
  clientAndAddress: { failures: 3 },
};

describe.each(everyStore)('the throttle over %s', (_name, freshStore) => {
  const open = async (store?: StoreOptions): Promise<TestGate> =>
    aGate({ ...(store ?? (await freshStore())), throttle: limits });

  it('S-077 answers 429 to a client that keeps failing from one address, and serves it from another', async () => {
    const post = behindProxy(await open());
    const form = passwordForm(JOHN);
    const wrong: Pair = [APPLICATION[0], 'wrong'];
    for (let count = 0; count < 3; count += 1) await post(form, '192.0.2.1', wrong).expect(401);
    const refused = await post(form, '192.0.2.1', wrong).expect(429);
    expect(refused.body).toMatchObject({ error: 'invalid_request' });
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect(refused.headers['cache-control']).toBe('no-store');
    await post(form, '192.0.2.1').expect(429);
    await post(form, '192.0.2.2').expect(200);
  });

  it('S-084 S-095 refuses a blocked account from that address byte for byte as for a wrong password', async () => {
    const post = behindProxy(await open());
    const wrong = await post(passwordForm([JOHN[0], 'wrong']), '192.0.2.1').expect(400);
    for (let count = 0; count < 2; count += 1) await post(passwordForm([JOHN[0], 'wrong']), '192.0.2.1').expect(400);
    const right = await post(passwordForm(JOHN), '192.0.2.1').expect(400);
    expect(right.text).toBe(wrong.text);
    const { date: _date, ...headers } = right.headers;
    expect(wrong.headers).toMatchObject(headers);
    await post(passwordForm(JOHN), '192.0.2.2').expect(200);
    await post(passwordForm(JANE), '192.0.2.1').expect(200);
  });

  it('S-096 answers 429 to one address that tries many accounts', async () => {
    const post = behindProxy(await open());
    for (let count = 0; count < 8; count += 1) {
      await post(passwordForm([`user${count}@johnsorg`, 'spray']), '192.0.2.1').expect(400);
    }
    const refused = await post(passwordForm(['user9@johnsorg', 'spray']), '192.0.2.1').expect(429);
    expect(refused.headers['retry-after']).toBeDefined();
    await post(passwordForm(JOHN), '192.0.2.1').expect(429);
    await post(passwordForm(JOHN), '192.0.2.2').expect(200);
  });

  it('S-097 accepts an owner from the usual address while others fail from everywhere', async () => {
    const post = behindProxy(await open());
    await post(passwordForm(JOHN), '198.51.100.7').expect(200);
    for (let host = 1; host <= 12; host += 1)
      await post(passwordForm([JOHN[0], 'wrong']), `192.0.2.${host}`).expect(400);
    await post(passwordForm(JOHN), '192.0.2.200').expect(400);
    await post(passwordForm(JOHN), '198.51.100.7').expect(200);
  });

  it('S-098 checks no more concurrent guesses than the limit of failures', async () => {
    const gate = await open();
    const post = behindProxy(gate);
    const guesses = Array.from({ length: 20 }, (_, index) =>
      post(passwordForm([JOHN[0], index < 15 ? `wrong${index}` : JOHN[1]]), '192.0.2.1'),
    );
    const answers = await Promise.all(guesses);
    // The right password is the sixteenth guess, which is not checked.
    expect(answers.filter(({ status }) => status === 200)).toEqual([]);
  });

  it('S-098 accepts the right password any number of times concurrently', async () => {
    const post = behindProxy(await open());
    const answers = await Promise.all(Array.from({ length: 20 }, () => post(passwordForm(JOHN), '192.0.2.1')));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200));
  });

  it('S-099 counts by the address from a trusted proxy, from the right, and IPv6 by /64', async () => {
    const gate = await open();
    const post = behindProxy(gate, 1);
    for (const spoofed of ['1.1.1.1', '2.2.2.2', '3.3.3.3']) {
      await post(passwordForm([JOHN[0], 'wrong']), `${spoofed}, 192.0.2.1`).expect(400);
    }
    await post(passwordForm(JOHN), '4.4.4.4, 192.0.2.1').expect(400);
    for (const address of ['2001:db8:1:1::1', '2001:db8:1:1::2', '2001:db8:1:1:ffff::3']) {
      await post(passwordForm([JANE[0], 'wrong']), address).expect(400);
    }
    await post(passwordForm(JANE), '2001:db8:1:1:9:9:9:9').expect(400);
    await post(passwordForm(JANE), '2001:db8:1:2::1').expect(200);
  });

  it('S-099 ignores the port and the notation of an address', async () => {
    const post = behindProxy(await open());
    for (const address of ['192.0.2.1:50001', '192.0.2.1:50002', '::ffff:c000:201']) {
      await post(passwordForm([JOHN[0], 'wrong']), address).expect(400);
    }
    for (const address of ['192.0.2.1', '192.0.2.1:50003', '[64:ff9b::c000:201]:443']) {
      await post(passwordForm(JOHN), address).expect(400);
    }
    await post(passwordForm(JOHN), '192.0.2.2:50001').expect(200);
  });

  it('S-097 accepts an owner from the usual address with another port while others fail from everywhere', async () => {
    const post = behindProxy(await open());
    await post(passwordForm(JOHN), '198.51.100.7:40001').expect(200);
    for (let host = 1; host <= 12; host += 1) {
      await post(passwordForm([JOHN[0], 'wrong']), `192.0.2.${host}:${host}`).expect(400);
    }
    await post(passwordForm(JOHN), '192.0.2.200:1').expect(400);
    await post(passwordForm(JOHN), '198.51.100.7:40002').expect(200);
  });

  it('S-099 counts all texts that are not addresses as one', async () => {
    const post = behindProxy(await open());
    for (const text of ['unknown', '_hidden', 'nonsense'])
      await post(passwordForm([JOHN[0], 'wrong']), text).expect(400);
    await post(passwordForm(JOHN), 'something-else').expect(400);
    await post(passwordForm(JOHN), '192.0.2.1').expect(200);
  });

  it('S-099 ignores forwarded headers if no proxy is trusted', async () => {
    const gate = await open();
    const post = (password: string, address: string) =>
      gate.token(passwordForm([JOHN[0], password])).set('X-Forwarded-For', address);
    for (const spoofed of ['1.1.1.1', '2.2.2.2', '3.3.3.3']) await post('wrong', spoofed).expect(400);
    await post(JOHN[1], '4.4.4.4').expect(400);
  });

  it('S-100 keeps the failures of one account when another signs in', async () => {
    const post = behindProxy(await open());
    for (let count = 0; count < 3; count += 1) {
      await post(passwordForm([JOHN[0], 'wrong']), '192.0.2.1').expect(400);
      await post(passwordForm(JANE), '192.0.2.1').expect(200);
    }
    await post(passwordForm(JOHN), '192.0.2.1').expect(400);
  });

  it('S-085 does not affect live tokens when an account is throttled', async () => {
    const gate = await open();
    const { access_token: token, refresh_token: refresh } = await gate.signIn(JOHN, 'read');
    for (let count = 0; count < 5; count += 1) await gate.token(passwordForm([JOHN[0], 'wrong'])).expect(400);
    await gate.get('/orders', token).expect(200);
    await gate.token(refreshForm(refresh)).expect(200);
  });
});

it('S-077 S-095 gates on one Redis share their counts', async () => {
  const onRedis = everyStore.find(([name]) => name === 'Redis')?.[1];
  const store = await onRedis?.();
  const [first, second] = [aGate({ ...store, throttle: limits }), aGate({ ...store, throttle: limits })];
  for (let count = 0; count < 3; count += 1) await first.token(passwordForm([JOHN[0], 'wrong'])).expect(400);
  await second.token(passwordForm(JOHN)).expect(400);
});

it('S-095 a gate with `throttle: false` counts nothing', async () => {
  const gate = aGate({ throttle: false });
  for (let count = 0; count < 15; count += 1) await gate.token(passwordForm([JOHN[0], 'wrong'])).expect(400);
  await gate.token(passwordForm(JOHN)).expect(200);
});

it('S-097 a refused guess is not passed to a users function, which might lock the account', async () => {
  const asked: string[] = [];
  const gate = aGate({
    throttle: limits,
    organizations: [],
    applications: [{ name: 'Orders app', consumerKey: APPLICATION[0], consumerSecret: APPLICATION[1] }],
    users: (_username, password) => {
      asked.push(password);
      return password === 'right' ? { id: 'ana' } : null;
    },
  });
  for (let count = 0; count < 3; count += 1) await gate.token(passwordForm(['ana', 'wrong'])).expect(400);
  const wrong = await gate.token(passwordForm(['ana', 'wrong'])).expect(400);
  const right = await gate.token(passwordForm(['ana', 'right'])).expect(400);
  expect(right.text).toBe(wrong.text);
  expect(asked).toEqual(['wrong', 'wrong', 'wrong']);
});

it('S-095 all spellings of one account in a directory that ignores accents are counted together', async () => {
  const fold = (name: string): string => name.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
  const gate = aGate({
    throttle: limits,
    organizations: [],
    applications: [{ name: 'Orders app', consumerKey: APPLICATION[0], consumerSecret: APPLICATION[1] }],
    users: (username, password) => (fold(username) === 'ana' && password === 'right' ? { id: 'ana' } : null),
  });
  for (const name of ['aná', 'ãna', 'ANÅ']) await gate.token(passwordForm([name, 'wrong'])).expect(400);
  for (const name of ['ana', 'ána']) await gate.token(passwordForm([name, 'right'])).expect(400);
});

it('S-091 S-095 all spellings of a name that cannot be a built-in user are counted as one account', async () => {
  const gate = aGate({
    throttle: limits,
    organizations: [],
    applications: [{ name: 'Orders app', consumerKey: APPLICATION[0], consumerSecret: APPLICATION[1] }],
    users: (_username, password) => (password === 'right' ? { id: 'john' } : null),
  });
  for (const name of ['john smith', 'John Smith', 'JOHN SMITH'])
    await gate.token(passwordForm([name, 'wrong'])).expect(400);
  await gate.token(passwordForm(['john smith', 'right'])).expect(400);
});
