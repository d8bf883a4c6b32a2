import { isPasswordHash } from '../../src/directory/password-work';
import { Passwords } from '../../src/directory/passwords';
import { aGate, APPLICATION, cheapPasswords } from '../support/gate/gate';
import { randomPrefix, testRedis } from '../support/redis/redis';
import { rejectionOf } from '../support/expect/thrown';

const settings = { ...cheapPasswords, parallelism: 1, concurrency: 2, queue: 100, queueDeadline: 5_000 };
const passwords = new Passwords(settings);

/** A hash of `password` with its parts, to be taken apart. */
const phcOf = async (password: string) => {
  const phc = await passwords.hash(password);
  const [, , , , salt = '', digest = ''] = phc.split('$');
  return { phc, salt, digest };
};

describe('password hashing', () => {
  test('accepts only the password that was hashed', async () => {
    const hash = await passwords.hash('correct horse');
    expect(await passwords.verify(hash, 'correct horse')).toBe(true);
    for (const wrong of ['', 'Correct horse', 'correct hors', 'correct horse ', ' correct horse']) {
      expect(await passwords.verify(hash, wrong)).toBe(false);
    }
  });

  test('writes argon2id with the parameters of the options and a new salt each time', async () => {
    const two = new Passwords({ ...settings, memoryCost: 16, timeCost: 2, parallelism: 2 });
    const hashes = await Promise.all([two.hash('x'), two.hash('x')]);
    for (const hash of hashes) expect(hash).toMatch(/^\$argon2id\$v=19\$m=16,t=2,p=2\$/);
    expect(hashes[0]).not.toBe(hashes[1]);
  });

  test('still accepts hashes with other parameters', async () => {
    const stronger = await new Passwords({ ...settings, memoryCost: 64, timeCost: 2 }).hash('x');
    expect(await passwords.verify(stronger, 'x')).toBe(true);
  });

  test('S-091 treats composed and decomposed letters, and all kinds of space, as equal', async () => {
    const hash = await passwords.hash('caf\u00e9 au lait');
    expect(await passwords.verify(hash, 'cafe\u0301\u00a0au\u3000lait')).toBe(true);
    expect(await passwords.verify(hash, 'CAF\u00c9 au lait')).toBe(false);
    expect(await passwords.verify(hash, 'cafe au lait')).toBe(false);
  });

  test('S-094 does not truncate a password within the size limit', async () => {
    for (const length of [72, 73, 1_000, 1_024]) {
      const password = 'x'.repeat(length);
      const hash = await passwords.hash(password);
      expect(await passwords.verify(hash, password)).toBe(true);
      expect(await passwords.verify(hash, `${password.slice(0, -1)}y`)).toBe(false);
      expect(await passwords.verify(hash, `${password}x`)).toBe(false);
    }
    for (const password of ['   ', '\u{1F600}\u{1F601}']) {
      const hash = await passwords.hash(password);
      expect(await passwords.verify(hash, password)).toBe(true);
      expect(await passwords.verify(hash, password.slice(0, -1))).toBe(false);
    }
  });
});

describe('a sign-in as an unknown user', () => {
  test('S-082 is refused for any password', async () => {
    for (const password of ['', 'x', 'undefined']) expect(await passwords.verify(undefined, password)).toBe(false);
  });

  test('S-083 takes as much work as a wrong password', async () => {
    const costly = new Passwords({ ...settings, memoryCost: 19_456, timeCost: 2 });
    const hash = await costly.hash('right');
    const timed = async (stored: string | undefined): Promise<number> => {
      const began = performance.now();
      await costly.verify(stored, 'wrong');
      return performance.now() - began;
    };
    await timed(undefined);
    const best = { known: Infinity, unknown: Infinity };
    // The best of each: what else runs on the machine only adds, so it may take some rounds until both had a quiet one.
    const agree = (): boolean => best.unknown > best.known / 2 && best.unknown < best.known * 2;
    for (let round = 0; round < 200 && (round < 5 || !agree()); round += 1) {
      best.known = Math.min(best.known, await timed(hash));
      best.unknown = Math.min(best.unknown, await timed(undefined));
    }
    // Without the work, unknown would be next to nothing.
    expect(best.unknown).toBeGreaterThan(best.known / 2);
    expect(best.unknown).toBeLessThan(best.known * 2);
  });
});

describe('unusable stored hashes', () => {
  const badHashes = async (): Promise<Readonly<Record<string, string>>> => {
    const { phc, salt, digest } = await phcOf('x');
    const head = '$argon2id$v=19$m=8,t=1,p=1$';
    return {
      empty: '',
      text: 'x',
      'cut off': phc.slice(0, -22),
      'cut off within the salt': phc.slice(0, 40),
      'without a digest': `${head}${salt}$`,
      'another argon2': phc.replace('argon2id', 'argon2i'),
      'another version': phc.replace('v=19', 'v=16'),
      bcrypt: '$2b$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW',
      'scrypt of another system': 'scrypt$16384$8$1$c2FsdA$aGFzaA',
      'all memory there is': `$argon2id$v=19$m=4294967295,t=1,p=1$${salt}$${digest}`,
      'more memory than the bound': `$argon2id$v=19$m=1048577,t=1,p=1$${salt}$${digest}`,
      'too many passes': `$argon2id$v=19$m=8,t=17,p=1$${salt}$${digest}`,
      'too many lanes': `$argon2id$v=19$m=8,t=1,p=17$${salt}$${digest}`,
      'no memory': `$argon2id$v=19$m=0,t=1,p=1$${salt}$${digest}`,
      'no passes': `$argon2id$v=19$m=8,t=0,p=1$${salt}$${digest}`,
      'no lanes': `$argon2id$v=19$m=8,t=1,p=0$${salt}$${digest}`,
      'more lanes than the memory allows': `$argon2id$v=19$m=8,t=1,p=16$${salt}$${digest}`,
      'a number with a zero in front': `$argon2id$v=19$m=08,t=1,p=1$${salt}$${digest}`,
      'a salt that is no base64': `${head}${salt.slice(0, 13)}$${digest}`,
      'a digest that is no base64': `${head}${salt}$${digest.slice(0, 25)}`,
      'a digest cut short': `${head}${salt}$${digest.slice(0, 22)}`,
      'a line behind it': `${phc}\n`,
    };
  };

  test('S-075 let no user in, and do not fail the request', async () => {
    for (const [kind, hash] of Object.entries(await badHashes())) {
      const outcome = await passwords.verify(hash, 'x').catch((error: unknown) => String(error));
      expect([kind, outcome]).toEqual([kind, false]);
    }
  });

  test('S-075 take no more work than any other wrong password', async () => {
    const { salt, digest } = await phcOf('x');
    const began = performance.now();
    await passwords.verify(`$argon2id$v=19$m=4294967295,t=4294967295,p=1$${salt}$${digest}`, 'x');
    expect(performance.now() - began).toBeLessThan(1_000);
  });

  test('S-075 S-356 are detected at the start unless only decoding reveals them', async () => {
    expect(isPasswordHash(await passwords.hash('x'))).toBe(true);
    for (const [kind, hash] of Object.entries(await badHashes())) {
      if (/base64|cut short|in front/.test(kind)) continue;
      expect([kind, isPasswordHash(hash)]).toEqual([kind, false]);
    }
  });

  test('S-075 in the store are answered like a wrong password and logged for the operator', async () => {
    const redis = await testRedis();
    const prefix = randomPrefix();
    const { gate, token, lines } = aGate({ redis, prefix, cache: false });
    await gate.directory.users.create({ username: 'eve', organization: 'johnsorg', password: 'eve-password' });
    const signIn = (password: string) =>
      token({ grant_type: 'password', username: 'eve@johnsorg', password }, APPLICATION);
    const wrong = await signIn('wrong');

    const users = `${prefix}{directory}:users`;
    const record = JSON.parse((await redis.hget(users, 'eve@johnsorg')) ?? '') as { passwordHash: string };
    for (const passwordHash of [
      '',
      record.passwordHash.slice(0, 40),
      '$argon2id$v=19$m=8,t=1,p=16$c2FsdHNhbHQ$ZGlnZXN0ZGlnZXN0ZGlnZXN0',
    ]) {
      await redis.hset(users, 'eve@johnsorg', JSON.stringify({ ...record, passwordHash }));
      const answer = await signIn('eve-password');
      expect([answer.status, answer.text]).toEqual([400, wrong.text]);
    }
    expect(lines.filter(({ level }) => level === 'error')).not.toEqual([]);
    expect(JSON.stringify(lines)).not.toContain('eve-password');
    redis.disconnect();
  });
});

test('S-350 a flood of sign-ins is refused with 503 instead of growing without bound', async () => {
  const busy = new Passwords({ ...settings, memoryCost: 4_096, concurrency: 1, queue: 2 });
  const hash = await busy.hash('x');
  const answers = await Promise.all(Array.from({ length: 10 }, () => rejectionOf(busy.verify(hash, 'x'))));
  expect(answers.filter((answer) => answer === undefined)).toHaveLength(3);
  for (const answer of answers) {
    if (answer !== undefined) expect(answer).toMatchObject({ code: 'temporarily_unavailable', status: 503 });
  }
});
