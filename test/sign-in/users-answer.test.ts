import type { ScopegateOptions, UserSource, VerifyUser } from 'scopegate';
import { aGate, APPLICATION, JOHN, recordedLogger, type Pair, type TestScope } from '../support/gate/gate';
import { passwordForm, refreshForm } from '../support/tokens/forms';
import { after } from '../support/time/waiting';

const FAILED = 'The users function failed: the response is 503';

/** A gate whose users function answers this, after one sign-in; and what it logged. */
const signedInWith = async (users: unknown, overrides: Partial<ScopegateOptions<TestScope>> = {}) => {
  const { logger, lines } = recordedLogger();
  const gate = aGate({ users: users as VerifyUser, logger, ...overrides });
  const answer = await gate.token(passwordForm([JOHN[0], 'canary-password']));
  const problems = lines.filter(({ message }) => message === FAILED).map(({ fields }) => fields['problem']);
  expect(JSON.stringify(lines)).not.toContain('canary');
  return { answer, problems, gate };
};

test.each<[what: string, answer: unknown, problem: string]>([
  ['true', true, 'users must return { id, roles? } or null; got true'],
  ['false', false, 'users must return { id, roles? } or null; got false'],
  ['a number', 7, 'users must return { id, roles? } or null; got a number'],
  ['a text', 'canary', 'users must return { id, roles? } or null; got a string'],
  ['a list', [{ id: 'canary' }], 'users must return { id, roles? } or null; got a list'],
  [
    'an object without id',
    { username: 'canary', password: 'canary' },
    'users must return { id, roles? } or null; got { username, password }',
  ],
  ['an empty object', {}, 'users must return { id, roles? } or null; got an object'],
  [
    'an id that is not a text',
    { id: { other: 'canary' } },
    'users must return an id that is a string of 1 to 256 characters without control characters, or a safe integer; got { other }',
  ],
  ['roles as a text', { id: 'x', roles: 'canary' }, 'users must return roles as a list of strings; got a string'],
  [
    'roles with a number in them',
    { id: 'x', roles: ['canary', 7] },
    'users must return roles as a list of strings; got a list with other things in it',
  ],
])('the log describes what is wrong with %s without its value', async (_what, given, problem) => {
  const { answer, problems } = await signedInWith(() => given);
  expect([answer.status, problems]).toEqual([503, [problem]]);
});

test('the log names the deadline that a users function has missed', async () => {
  const { answer, problems } = await signedInWith(() => new Promise(() => undefined), { usersDeadline: 20 });
  expect([answer.status, problems]).toEqual([503, ['users did not return within usersDeadline, 20 ms']]);
});

test('an error that the function throws is logged by its type alone', async () => {
  const { answer, problems } = await signedInWith(() => Promise.reject(new RangeError('canary')));
  expect([answer.status, problems]).toEqual([503, [undefined]]);
});

const ANY: Pair = [JOHN[0], 'x'];

test('a numeric id becomes its decimal text, in the token and in calls of find', async () => {
  const asked: string[] = [];
  const users: UserSource = {
    verify: () => ({ id: 7, roles: ['clerk'] }),
    find: (subject) => {
      asked.push(subject);
      return { roles: ['clerk'] };
    },
  };
  const gate = aGate({ users });
  const { access_token: token, refresh_token: refresh } = await gate.signIn(ANY, 'update');
  expect((await gate.get('/me', token)).body).toMatchObject({ subject: '7', scopes: ['update'] });
  expect((await gate.token(refreshForm(refresh))).status).toBe(200);
  expect(new Set(asked)).toEqual(new Set(['7']));
  await gate.gate.tokens.revoke({ user: '7' });
  expect((await gate.get('/me', token)).status).toBe(401);
});

test.each<[what: string, found: unknown, problem: string]>([
  ['true', true, 'users.find must return { roles? } or null; got true'],
  ['a list of roles', ['canary'], 'users.find must return { roles? } or null; got a list'],
  ['roles as a text', { roles: 'canary' }, 'users.find must return roles as a list of strings; got a string'],
])('a find that returns %s is a described fault, never a user without roles', async (_what, found, problem) => {
  const { logger, lines } = recordedLogger();
  const users = { verify: () => ({ id: 'x' }), find: () => found } as UserSource;
  const gate = aGate({ users, logger });
  const { refresh_token: refresh } = await gate.signIn(ANY);
  expect((await gate.token(refreshForm(refresh))).status).toBe(503);
  expect(lines.find(({ message }) => message === FAILED)?.fields).toEqual({ problem });
});

test('a sign-in for an organization that does not exist takes as long as one that calls the function', async () => {
  const wait = 60;
  const users = async (): Promise<null> => {
    await after(wait);
    return null;
  };
  const gate = aGate({ users, throttle: false });
  const timeOf = async (username: string): Promise<number> => {
    const began = performance.now();
    const form = passwordForm([username, 'x']);
    expect((await gate.token(form, APPLICATION)).body).toMatchObject({ error: 'invalid_grant' });
    return performance.now() - began;
  };
  await timeOf('x@johnsorg');
  for (const name of ['x@nope', 'x', 'x@', 'x@evil corp']) expect(await timeOf(name)).toBeGreaterThan(wait * 0.9);
});
