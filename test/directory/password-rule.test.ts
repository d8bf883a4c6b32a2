import { COMMON_PASSWORDS } from '../../src/directory/common-passwords';
import { PasswordRule } from '../../src/directory/password-rule';
import { aGate } from '../support/gate/gate';
import { everyStore } from '../support/stores/every-store';
import { rejectionOf } from '../support/expect/thrown';
import { passwordForm } from '../support/tokens/forms';

const rule = new PasswordRule({ minLength: 8 });

const refusalOf = (password: string, fullName = 'sam@johnsorg', among = rule): string | undefined => {
  try {
    among.check(password, fullName);
    return undefined;
  } catch (thrown) {
    return (thrown as Error).message;
  }
};

describe('the rule for new passwords', () => {
  it.each([
    ['seven letters', 'tzgqxwv'],
    ['seven emoji, which are 14 UTF-16 units and 28 bytes', '\u{1F600}'.repeat(7)],
    ['seven letters that are eight before they are composed', 'e\u0301tzgqxw'],
    ['a letter', 'a'],
  ])('counts characters as stored and refuses %s', (_what, password) => {
    expect(refusalOf(password)).toBe('ERR_SCOPEGATE_VALUE: password must have at least 8 characters');
  });

  it.each([
    ['eight letters', 'tzgqxwvk'],
    ['eight emoji', '\u{1F600}\u{1F601}'.repeat(4)],
    ['eight composed letters', 'étzgqxwv'],
    ['spaces between words', 'tz gq xw'],
    ['1024 bytes', 'ü'.repeat(512)],
    ['a common password with more behind it', 'password1 of the attic'],
  ])('accepts %s', (_what, password) => {
    expect(refusalOf(password)).toBeUndefined();
    expect(rule.check(password, 'sam@johnsorg')).toBe(password);
  });

  it.each(['password', 'PassWord1', 'QWERTYUIOP', '12345678', 'iloveyou', 'Admin@123', 'letmein1'])(
    'refuses the common password %s in any case',
    (password) => {
      expect(refusalOf(password)).toContain('most common passwords');
    },
  );

  it('has common passwords that are long enough to pass the length rule, in the form that is compared', () => {
    expect(COMMON_PASSWORDS.size).toBeGreaterThan(250);
    for (const password of COMMON_PASSWORDS)
      expect([password.toLowerCase(), [...password].length >= 8]).toEqual([password, true]);
  });

  it.each([
    ['the full name', 'margaret@johnsorg'],
    ['the name', 'margaret'],
    ['the name in another case', 'MARGARET'],
  ])('refuses %s of the user', (_what, password) => {
    expect(refusalOf(password, 'margaret@johnsorg')).toContain('must not be the user name');
  });

  it('follows the minimum length that the operator sets, and still refuses common passwords', () => {
    const short = new PasswordRule({ minLength: 1 });
    expect(refusalOf('a', 'sam', short)).toBeUndefined();
    expect(refusalOf('password', 'sam', short)).toContain('most common');
    expect(refusalOf('', 'sam', short)).toContain('1 to 1024 bytes');
    expect(refusalOf('x'.repeat(14), 'sam', new PasswordRule({ minLength: 15 }))).toContain('at least 15 characters');
  });

  it.each([undefined, null, 12_345_678, ['longenough'], {}])('refuses %p, which is not a text', (value) => {
    expect(refusalOf(value as string)).toContain('ERR_SCOPEGATE_VALUE');
  });
});

describe.each(everyStore)('passwords that are set at run time, in %s,', (_name, freshStore) => {
  const code = 'ERR_SCOPEGATE_VALUE';

  it('must follow the rule, unlike those of declared users', async () => {
    const declared = [{ username: 'old', organization: 'johnsorg', password: 'x' }];
    const { gate, token } = aGate({ ...(await freshStore()), users: declared });
    const { users } = gate.directory;
    const base = { username: 'margaret', organization: 'johnsorg' };
    for (const password of ['x', 'tzgqxwv', 'password', 'Margaret', 'margaret@johnsorg']) {
      expect(await rejectionOf(users.create({ ...base, password }))).toMatchObject({ code });
    }
    expect(await users.find('margaret@johnsorg')).toBeUndefined();
    await users.create({ ...base, password: 'tzgqxwvk' });
    for (const password of ['y', 'tzgqxwv', 'qwertyuiop', 'MARGARET', 'margaret@johnsorg']) {
      expect(await rejectionOf(users.setPassword('Margaret@JohnsOrg', password))).toMatchObject({ code });
    }
    const signIn = passwordForm(['margaret@johnsorg', 'tzgqxwvk']);
    expect((await token(signIn)).status).toBe(200);
    expect((await token(passwordForm(['old@johnsorg', 'x']))).status).toBe(200);
  });

  it('may be as short as the option allows', async () => {
    const { gate } = aGate({ ...(await freshStore()), passwords: { memoryCost: 8, timeCost: 1, minLength: 12 } });
    const base = { username: 'margaret', organization: 'johnsorg' };
    const refused = await rejectionOf(gate.directory.users.create({ ...base, password: 'elevenchars' }));
    expect(refused).toMatchObject({ code, message: expect.stringContaining('at least 12 characters') as string });
    await gate.directory.users.create({ ...base, password: 'twelve chars' });
  });
});

test('S-094 a password that no request could carry cannot be set', async () => {
  const { gate } = aGate({ users: [], applications: [] });
  const { users } = gate.directory;
  await users.create({ username: 'kim', organization: 'johnsorg', password: 'ü'.repeat(512) });
  for (const password of ['ü'.repeat(513), 'a\uD800', 'a\uFFFE', 'a\nb', '']) {
    await expect(users.setPassword('kim@johnsorg', password)).rejects.toMatchObject({ code: 'ERR_SCOPEGATE_VALUE' });
  }
});
