import { Directory } from '../../src/directory/directory';
import { Passwords } from '../../src/directory/passwords';
import type { User } from '../../src/directory/records';
import { MANAGEMENT } from '../../src/directory/requester';
import { haveSamePassword, RenewedHashes } from '../../src/sign-in/renewed-hashes';
import { MemoryDirectoryStore } from '../../src/stores/memory/directory';
import { aClock } from '../support/time/clock';
import { onRedis } from '../support/stores/every-store';
import { aGate, cheapPasswords, JOHN, recordedLogger, type Pair, type TestGate } from '../support/gate/gate';
import { testRedis } from '../support/redis/redis';
import { until } from '../support/time/waiting';
import { passwordForm } from '../support/tokens/forms';

const SAM: Pair = ['sam@johnsorg', 'sam-password'];
const RISEN = { memoryCost: 16, timeCost: 2 };

/** A user who was made with cheap figures, and a gate on the same store whose figures have risen. */
const risen = async (passwords: object = RISEN) => {
  const store = await onRedis();
  const before = aGate(store);
  await before.gate.directory.users.create({ username: 'sam', organization: 'johnsorg', password: SAM[1] });
  await before.signIn(SAM);
  const redis = await testRedis();
  const hashOf = async (username: string): Promise<string> => {
    const text = await redis.hget(`${store.prefix}{directory}:users`, username);
    return text === null ? '' : (JSON.parse(text) as User).passwordHash;
  };
  const after = aGate({ ...store, passwords });
  await after.gate.ready();
  return { before, after, hash: () => hashOf(SAM[0]), close: () => redis.disconnect() };
};

const signInAt = ({ token }: TestGate, pair: Pair) => token(passwordForm(pair));

describe('the hash of a user who was created at run time', () => {
  it('is renewed after a right sign-in once the parameters have risen, and the password stays valid', async () => {
    const { before, after, hash, close } = await risen();
    const live = await before.signIn(SAM, 'read');
    expect(await hash()).toContain('$m=8,t=1,p=1$');
    await after.signIn(SAM);
    await until(async () => (await hash()).includes('$m=16,t=2,p=1$'));
    const renewed = await hash();
    for (const gate of [before, after]) {
      await gate.signIn(SAM);
      await signInAt(gate, [SAM[0], 'wrong']).expect(400);
      await gate.get('/orders', live.access_token).expect(200);
    }
    expect(await hash()).toBe(renewed);
    close();
  });

  it('can be renewed without refusing a sign-in that is in flight', async () => {
    const { after, hash, close } = await risen();
    const answers = await Promise.all(Array.from({ length: 12 }, () => signInAt(after, SAM)));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    await until(async () => (await hash()).includes('$m=16,'));
    for (const { body } of answers) await after.get('/me', (body as { access_token: string }).access_token).expect(200);
    close();
  });

  it.each<[string, object, Pair]>([
    ['the password was wrong', RISEN, [SAM[0], 'wrong']],
    ['the parameters are the same', cheapPasswords, SAM],
  ])('is not renewed when %s', async (_why, figures, pair) => {
    const { after, hash, close } = await risen(figures);
    const stored = await hash();
    await signInAt(after, pair);
    await after.gate.close(); // whatever was under way has ended or failed
    expect(await hash()).toBe(stored);
    close();
  });

  it('is not renewed when the parameters have fallen', async () => {
    const { before, after, hash, close } = await risen();
    await after.signIn(SAM);
    await until(async () => (await hash()).includes('$m=16,'));
    const strong = await hash();
    await before.signIn(SAM);
    await before.gate.close();
    expect(await hash()).toBe(strong);
    close();
  });
});

/** A directory in memory with one user, and the renewal of hashes in it. */
const aDirectory = async (changes: Partial<Pick<Passwords, 'hash'>> = {}) => {
  const { logger, lines } = recordedLogger();
  const store = new MemoryDirectoryStore();
  const declared = { organizations: new Map(), users: new Map(), applications: new Map(), clients: new Map() };
  const directory = new Directory(declared, store, aClock().now);
  const queue = { parallelism: 1, concurrency: 1, queue: 10, queueDeadline: 5_000 };
  const user: User = {
    username: 'sam',
    passwordHash: await new Passwords({ ...cheapPasswords, ...queue }, logger).hash('right'),
    roles: [],
    enabled: true,
  };
  await directory.users.create('sam', user);
  const passwords = Object.assign(new Passwords({ ...RISEN, ...queue }, logger), changes);
  return { directory, user, lines, renewals: new RenewedHashes(directory, passwords, logger), passwords };
};

describe('a hash renewal', () => {
  it('does not overwrite a password that is set in the meantime', async () => {
    const { directory, user, renewals } = await aDirectory({
      hash: async () => {
        await directory.users.change('sam', (present) => ({ ...present, passwordHash: 'set meanwhile' }));
        return 'renewed';
      },
    });
    await renewals.renew(user, 'right', MANAGEMENT);
    expect(await directory.users.findFresh('sam')).toMatchObject({ passwordHash: 'set meanwhile' });
  });

  it.each<[string, () => Promise<string>]>([
    ['there is no room for it', () => Promise.reject(new Error('queue full'))],
    ['the store is unavailable', () => Promise.reject(new Error('away'))],
  ])('is logged without a name or a password, and tried again, if it fails because %s', async (_why, hash) => {
    let fails = true;
    const { directory, user, renewals, lines } = await aDirectory({
      hash: () => (fails ? hash() : Promise.resolve('renewed')),
    });
    await renewals.renew(user, 'right', MANAGEMENT);
    expect(lines).toEqual([expect.objectContaining({ level: 'info', message: expect.stringContaining('renewed') })]);
    expect(JSON.stringify(lines)).not.toMatch(/sam|right/);
    fails = false;
    await renewals.renew(user, 'right', MANAGEMENT);
    expect(await directory.users.findFresh('sam')).toMatchObject({ passwordHash: 'renewed' });
  });

  it('happens once for concurrent sign-ins', async () => {
    let hashes = 0;
    const { user, renewals } = await aDirectory({
      hash: async () => {
        hashes += 1;
        return 'renewed';
      },
    });
    await Promise.all([1, 2, 3].map(() => renewals.renew(user, 'right', MANAGEMENT)));
    expect(hashes).toBe(1);
  });

  it('keeps the identity of a password, and a password that is set later has another', async () => {
    const { directory, user, renewals } = await aDirectory();
    await renewals.renew(user, 'right', MANAGEMENT);
    const renewed = (await directory.users.findFresh('sam')) ?? user;
    expect(renewed.passwordHash).not.toBe(user.passwordHash);
    expect(haveSamePassword(user, renewed)).toBe(true);
    const set = { ...renewed, passwordHash: 'another' };
    expect(haveSamePassword(user, set)).toBe(false);
    expect(haveSamePassword(renewed, set)).toBe(false);
    expect(haveSamePassword(set, renewed)).toBe(false);
  });
});

it('S-083 a declared hash is never renewed in the store', async () => {
  const store = await onRedis();
  const passwordHash = await new Passwords({
    ...cheapPasswords,
    parallelism: 1,
    concurrency: 1,
    queue: 1,
    queueDeadline: 5_000,
  }).hash('x');
  const gate = aGate({
    ...store,
    passwords: RISEN,
    users: [{ username: 'ana', organization: 'johnsorg', passwordHash }],
  });
  await gate.signIn(['ana@johnsorg', 'x']);
  await gate.token(passwordForm([JOHN[0], 'x'])).expect(400);
  await gate.gate.close();
  const redis = await testRedis();
  expect(await redis.exists(`${store.prefix}{directory}:users`)).toBe(0);
  redis.disconnect();
});
