import { everyStore } from '../support/stores/every-store';
import { aGate, JOHN, type TestGate } from '../support/gate/gate';
import { rejectionOf } from '../support/expect/thrown';
import { passwordForm } from '../support/tokens/forms';
import { BAD_VALUE, createSam, DECLARED, EXISTS, NOT_FOUND, SAM } from '../support/gate/managed-directory';
import { aClock } from '../support/time/clock';

const ZOE = { username: 'zoe', organization: 'johnsorg', roles: ['clerk'] } as const;
const NAME = 'zoe@johnsorg';
const DAY = 86_400;

describe.each(everyStore)('links to set a password, in %s,', (_name, freshStore) => {
  const open = async (): Promise<TestGate & { readonly clock: ReturnType<typeof aClock> }> => {
    const clock = aClock();
    return { ...aGate({ ...(await freshStore()), clock: clock.now }), clock };
  };

  const statusOf = async ({ token }: TestGate, username: string, password: string): Promise<number> =>
    (await token(passwordForm([username, password]))).status;

  it('let an invited user set the first password, once, and sign in with the roles of the invitation', async () => {
    const test = await open();
    const { passwordLinks, users } = test.gate.directory;
    const { user, code, purpose, expiresAt } = await passwordLinks.invite(ZOE);
    expect(user).toEqual({ ...ZOE, username: NAME, enabled: true, awaits: 'password' });
    expect([purpose, expiresAt]).toEqual(['invitation', Math.floor(test.clock.now()) + 7 * DAY]);
    for (const password of ['', 'zoe-password', 'undefined']) expect(await statusOf(test, NAME, password)).toBe(400);
    expect(await passwordLinks.redeem(code, 'zoe-password')).toEqual({
      user: { ...ZOE, username: NAME, enabled: true },
      purpose: 'invitation',
    });
    expect(await users.find(NAME)).not.toHaveProperty('awaits');
    expect((await test.signIn([NAME, 'zoe-password'], 'update')).scope).toBe('update');
    expect(await rejectionOf(passwordLinks.redeem(code, 'another-password'))).toEqual(NOT_FOUND);
    expect(test.lines.filter(({ level }) => level === 'error')).toEqual([]);
  });

  it('replace a password, and end the tokens of the user', async () => {
    const test = await open();
    await createSam(test);
    const { access_token } = await test.signIn(SAM);
    const { code, purpose } = await test.gate.directory.passwordLinks.create(SAM[0]);
    expect(purpose).toBe('password_reset');
    expect((await test.get('/me', access_token)).status).toBe(200);
    expect(await statusOf(test, ...SAM)).toBe(200);
    await test.gate.directory.passwordLinks.redeem(code, 'sam-changed-it');
    expect((await test.get('/me', access_token)).status).toBe(401);
    expect(await statusOf(test, ...SAM)).toBe(400);
    expect(await statusOf(test, SAM[0], 'sam-changed-it')).toBe(200);
  });

  it('S-361 po-link-race: work for one of many callers that use a code concurrently', async () => {
    const test = await open();
    const { passwordLinks } = test.gate.directory;
    const { code } = await passwordLinks.invite(ZOE);
    const results = await Promise.allSettled(
      Array.from({ length: 12 }, (_, index) => passwordLinks.redeem(code, `zoe-password-${index}`)),
    );
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const winner = results.findIndex(({ status }) => status === 'fulfilled');
    expect(await statusOf(test, NAME, `zoe-password-${winner}`)).toBe(200);
  });

  it('are not used up by a password that breaks the rule', async () => {
    const { gate } = await open();
    const { code } = await gate.directory.passwordLinks.invite(ZOE);
    for (const password of ['short', NAME, 'password']) {
      expect(await rejectionOf(gate.directory.passwordLinks.redeem(code, password))).toEqual(BAD_VALUE);
    }
    await gate.directory.passwordLinks.redeem(code, 'zoe-password');
  });

  it('end after seven days, or after a day if they reset a password', async () => {
    const test = await open();
    const { passwordLinks } = test.gate.directory;
    await createSam(test);
    const reset = await passwordLinks.create(SAM[0]);
    const invitation = await passwordLinks.invite(ZOE);
    test.clock.advance(DAY + 1);
    expect(await rejectionOf(passwordLinks.redeem(reset.code, 'sam-changed-it'))).toEqual(NOT_FOUND);
    test.clock.advance(6 * DAY - 2);
    expect(await rejectionOf(passwordLinks.redeem(invitation.code, 'short'))).toEqual(BAD_VALUE); // it is valid
    test.clock.advance(1);
    expect(await rejectionOf(passwordLinks.redeem(invitation.code, 'zoe-password'))).toEqual(NOT_FOUND);
  });

  const ends: readonly (readonly [string, (test: TestGate) => Promise<unknown>])[] = [
    ['another link is created', ({ gate }) => gate.directory.passwordLinks.create(SAM[0])],
    ['the password is changed', ({ gate }) => gate.directory.users.setPassword(SAM[0], 'sam-changed-it')],
    [
      'the user is disabled, also if enabled again',
      async ({ gate }) => {
        await gate.directory.users.disable(SAM[0]);
        await gate.directory.users.enable(SAM[0]);
      },
    ],
    ['the user is disabled', ({ gate }) => gate.directory.users.disable(SAM[0])],
    ['the user is removed', ({ gate }) => gate.directory.users.remove(SAM[0])],
    [
      'the user is removed and another one has the name',
      async (test) => {
        await test.gate.directory.users.remove(SAM[0]);
        await createSam(test);
      },
    ],
  ];

  it.each(ends)('end if %s', async (_ending, end) => {
    const test = await open();
    await createSam(test);
    const { code } = await test.gate.directory.passwordLinks.create(SAM[0]);
    await end(test);
    expect(await rejectionOf(test.gate.directory.passwordLinks.redeem(code, 'sam-new-password'))).toEqual(NOT_FOUND);
  });

  it('stay valid if the user signs in with the old password, or roles change', async () => {
    const test = await open();
    await createSam(test);
    const { code } = await test.gate.directory.passwordLinks.create(SAM[0]);
    expect(await statusOf(test, ...SAM)).toBe(200);
    await test.gate.directory.users.setRoles(SAM[0], []);
    expect((await test.gate.directory.passwordLinks.redeem(code, 'sam-changed-it')).user.roles).toEqual([]);
  });

  it('unlock the account, whose failures were those of the old password', async () => {
    const test = await open();
    await createSam(test);
    for (let count = 0; count < 10; count += 1) await statusOf(test, SAM[0], 'wrong');
    const { code } = await test.gate.directory.passwordLinks.create(SAM[0]);
    await test.gate.directory.passwordLinks.redeem(code, 'sam-changed-it');
    expect(await statusOf(test, SAM[0], 'sam-changed-it')).toBe(200);
  });

  it('are refused for declared, unknown and disabled users, and codes that are none', async () => {
    const test = await open();
    const { passwordLinks, users } = test.gate.directory;
    await createSam(test);
    expect(await rejectionOf(passwordLinks.create(JOHN[0]))).toEqual(DECLARED);
    expect(await rejectionOf(passwordLinks.create('nobody@johnsorg'))).toEqual(NOT_FOUND);
    await users.disable(SAM[0]);
    expect(await rejectionOf(passwordLinks.create(SAM[0]))).toEqual(BAD_VALUE);
    expect(await rejectionOf(passwordLinks.invite({ username: 'sam', organization: 'johnsorg' }))).toEqual(EXISTS);
    const { code } = await passwordLinks.invite(ZOE);
    for (const wrong of ['', 'sgl_', `${code}x`, code.slice(0, -1), code.replace('sgl_', 'sga_'), code.toUpperCase()]) {
      expect(await rejectionOf(passwordLinks.redeem(wrong, 'zoe-password'))).toEqual(NOT_FOUND);
    }
  });
});
