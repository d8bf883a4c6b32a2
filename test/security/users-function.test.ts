import type { VerifiedUser, VerifyUser } from 'scopegate';
import { expectCleanAnswer } from '../support/expect/clean-answer';
import { thrownThings } from '../support/expect/thrown-things';
import { aServedGate, PASSWORD_FORM } from '../support/tokens/token-requests';
import { nextTurn } from '../support/time/waiting';

const fault = { status: [500, 503], without: ['CANARY', 'canary'] } as const;

/** A gate whose users function does this, after one request has been answered cleanly and no route behind was reached. */
const expectFault = async (users: VerifyUser, overrides: { readonly usersDeadline?: number } = {}) => {
  const gate = await aServedGate({ ...overrides, users });
  const answer = await gate.post(PASSWORD_FORM);
  await nextTurn();
  expectCleanAnswer(answer, fault);
  expect(gate.passed()).toBe(0);
  expectCleanAnswer(await gate.post({ grant_type: 'foo' }), { status: 400 }); // the process lives
  return { answer, lines: gate.lines };
};

describe('a users function', () => {
  it.each(['route', 'router'])(
    'S-035 that fails with "%s" does not pass the request on to the next route',
    async (word) => {
      await expectFault(() => Promise.reject(word));
      await expectFault(() => {
        throw word;
      });
      await expectFault((() => word) as unknown as VerifyUser);
      await expectFault((async () => word) as unknown as VerifyUser);
    },
  );

  it('S-036 that rejects leads to a 503 with Retry-After, and to a log line with the error type', async () => {
    const { answer, lines } = await expectFault(async () => {
      await nextTurn();
      throw new RangeError('CANARY');
    });
    expectCleanAnswer(answer, { status: 503, error: 'temporarily_unavailable' });
    expect(lines.filter(({ level }) => level === 'error')).toEqual([
      expect.objectContaining({ fields: expect.objectContaining({ error: 'RangeError' }) }),
    ]);
    expect(JSON.stringify(lines)).not.toContain('CANARY');
  });

  it.each(thrownThings)(
    'S-037 that throws or rejects with %s is handled like any other fault',
    async (_name, thrown) => {
      await expectFault(() => {
        throw thrown;
      });
      await expectFault(() => Promise.reject(thrown));
    },
  );

  it.each(['code', 'stack', 'name'])(
    'S-037 that throws an error whose %s throws that error again is handled',
    async (name) => {
      const loop: Error = new Error('CANARY');
      Object.defineProperty(loop, name, {
        get: () => {
          throw loop;
        },
      });
      await expectFault(() => Promise.reject(loop));
    },
  );

  const john: VerifiedUser = { id: 'john', roles: ['clerk'] };
  const wrongAnswers: readonly (readonly [name: string, answer: unknown])[] = [
    ['true', true],
    ['false', false],
    ['an empty text', ''],
    ['a name', 'john'],
    ['a number', 1],
    ['a list', ['john']],
    ['a function', () => john],
    ['an object without an id', { roles: ['clerk'] }],
    ['an empty id', { ...john, id: '' }],
    ['a fraction as id', { ...john, id: 7.5 }],
    ['a number as id that is not exact', { ...john, id: 2 ** 53 }],
    ['a bigint as id', { ...john, id: 7n }],
    ['an object as id', { ...john, id: { toString: () => 'john' } }],
    ['an id with a line end', { ...john, id: 'john\r\nX-Admin: 1' }],
    ['an id that is not valid Unicode', { ...john, id: 'john\uD800' }],
    ['an id of 257 characters', { ...john, id: 'j'.repeat(257) }],
    ['a text for roles', { ...john, roles: 'clerk' }],
    ['null for roles', { ...john, roles: null }],
    ['a set for roles', { ...john, roles: new Set(['clerk']) }],
    ['a number among the roles', { ...john, roles: ['clerk', 1] }],
  ];

  it.each(wrongAnswers)('S-036 that returns %s is faulty, and never lets a user in', async (_name, answer) => {
    await expectFault((() => answer) as unknown as VerifyUser);
    await expectFault((async () => answer) as unknown as VerifyUser);
  });

  it('S-037 whose result throws while it is read is faulty', async () => {
    for (const name of ['id', 'roles', 'then']) {
      const answer = Object.defineProperty({ ...john }, name, {
        get: () => {
          throw new Error('CANARY');
        },
      });
      await expectFault(() => answer);
    }
  });

  it('S-038 that never answers leads to a 503 at its deadline', async () => {
    const { answer } = await expectFault(() => new Promise(() => undefined), { usersDeadline: 50 });
    expectCleanAnswer(answer, { status: 503, error: 'temporarily_unavailable' });
    expect(answer.elapsedMs).toBeLessThan(2_000);
  });

  it.each([
    ['answers', (settle: (user: VerifiedUser) => void) => settle(john)],
    ['rejects', (_settle: unknown, reject: (reason: unknown) => void) => reject(new Error('CANARY'))],
  ])('S-039 that %s after its deadline has no further effect', async (_name, act) => {
    let late: () => void = () => undefined;
    const users: VerifyUser = () =>
      new Promise((resolve, reject) => {
        late = () => act(resolve, reject);
      });
    const { answer } = await expectFault(users, { usersDeadline: 20 });
    expect(answer.status).toBe(503);
    late();
    await nextTurn();
  });

  type Settle = (value: unknown) => void;

  /** Something to await that settles as often as it likes: no promise of JavaScript's own can. */
  const thenable = (act: (resolve: Settle, reject: Settle) => void) =>
    // oxlint-disable-next-line unicorn/no-thenable -- that is what this is about
    (() => ({ then: act })) as unknown as VerifyUser;

  it('S-039 that settles twice is bound by its first result', async () => {
    const twice = await aServedGate({
      users: thenable((resolve, reject) => {
        resolve(john);
        reject(new Error('CANARY'));
        resolve({ ...john, id: 'mallory' });
        throw new Error('CANARY');
      }),
    });
    const { access_token: token } = expectCleanAnswer(await twice.post(PASSWORD_FORM), { status: 200 });
    await twice.get('/me', String(token)).expect(200, /"subject":"john"/);

    const refusing = await aServedGate({
      users: thenable((resolve) => {
        resolve(null);
        setImmediate(resolve, john);
      }),
    });
    expectCleanAnswer(await refusing.post(PASSWORD_FORM), { status: 400, error: 'invalid_grant' });
    await nextTurn();
    expect([twice.passed(), refusing.passed()]).toEqual([0, 0]);
  });

  it.each<[string, VerifyUser]>([
    ['has a rest parameter', (...question) => ({ id: question[0] })],
    ['declares no parameters', Object.defineProperty((username: string) => ({ id: username }), 'length', { value: 0 })],
    ['declares one parameter', (username) => ({ id: username })],
  ])('S-040 may have any signature: it %s', async (_name, users) => {
    const gate = await aServedGate({ users });
    const { access_token: token } = expectCleanAnswer(await gate.post(PASSWORD_FORM), { status: 200 });
    await gate.get('/me', String(token)).expect(200, /"subject":"john@gmail.com"/);
  });

  it('S-042 cannot add to the response or override anything in it', async () => {
    const extra = {
      access_token: 'mine',
      token_type: 'mac',
      expires_in: Number.NaN,
      refresh_token: null,
      scope: 'admin',
      x: 1n,
    };
    const gate = await aServedGate({ users: () => ({ ...john, ...extra }) });
    expect(expectCleanAnswer(await gate.post(PASSWORD_FORM), { status: 200 })).toEqual({
      access_token: expect.stringMatching(/^sga_/),
      token_type: 'Bearer',
      expires_in: 3_600,
      refresh_token: expect.stringMatching(/^sgr_/),
      scope: 'read',
    });
  });
});
