import { scopegate, type FoundUser, type ScopegateOptions, type UserSource } from 'scopegate';
import { aMadeApplication, anApiGate, clientToken } from '../support/gate/api-gate';
import { expectEndedWithinBound } from '../support/gate/cached-gate';
import { challengeOf } from '../support/http/challenge';
import { everyStore, onRedis } from '../support/stores/every-store';
import {
  aGate,
  APPLICATION,
  gateOptions,
  JOHN,
  recordedLogger,
  subscribing,
  type Pair,
  type TestGate,
  type TestScope,
} from '../support/gate/gate';
import { expectCleanAnswer } from '../support/expect/clean-answer';
import { refreshForm } from '../support/tokens/forms';
import { refreshed, refusedRefresh } from '../support/tokens/refreshing';
import { aForgery } from '../support/tokens/tokens';

const JACK: Pair = ['jack@johnsorg', 'x'];
const ALL = ['clerk', 'manager'];

/** Clerks may update, which is re-checked at each request; managers are admins for the lifetime of their token. */
const scopes: NonNullable<ScopegateOptions<TestScope>['scopes']> = {
  read: 'See orders',
  update: { description: 'Change orders', roles: ['clerk', 'boss'], recheckRoles: true },
  admin: { description: 'Change everything', roles: ['manager'] },
};

/** External users, all of whom exist; a test defines what is returned about a user who has signed in. */
class People implements UserSource {
  answer: () => Promise<FoundUser | null> | FoundUser | null = () => ({ roles: ALL });
  readonly asked: string[] = [];

  verify(username: string) {
    return { id: username, roles: ALL };
  }

  find(subject: string) {
    this.asked.push(subject);
    return this.answer();
  }

  giveRoles(...roles: readonly string[]): void {
    this.answer = () => ({ roles });
  }

  forget(): void {
    this.answer = () => null;
  }
}

const aPeopledGate = (overrides: Partial<ScopegateOptions<TestScope>> = {}) => {
  const people = new People();
  return { ...aGate({ scopes, users: people, ...overrides }), people };
};

const introspect = ({ postTo }: Pick<TestGate, 'postTo'>, token: string) => postTo('/introspect', { token });

describe.each(everyStore)('a scope with recheckRoles in %s', (_name, freshStore) => {
  it('S-117 is refused from the next request after its role is removed, and allowed again with the role', async () => {
    const gate = aPeopledGate(await freshStore());
    const { access_token: token } = await gate.signIn(JACK, 'read update');
    await gate.put('/orders/1', token).expect(200);
    const closings = [[], ['manager'], ['Clerk'], ['clerk ']];
    for (const roles of closings) {
      gate.people.giveRoles(...roles);
      const served = gate.served();
      const answer = await gate.put('/orders/1', token);
      const body = expectCleanAnswer(answer, { status: 403, from: 'guard', error: 'insufficient_scope' });
      expect([body['scope'], challengeOf(answer).parameters['scope']]).toEqual(['update', 'update']);
      expect(gate.served()).toBe(served);
      gate.people.giveRoles('boss');
      await gate.put('/orders/1', token).expect(200);
    }
    expect(new Set(gate.people.asked)).toEqual(new Set(['jack']));
  });

  it('is passed to handlers and satisfies rules only while the user has its role', async () => {
    const gate = aPeopledGate(await freshStore());
    const { access_token: token } = await gate.signIn(JACK, 'update read');
    expect((await gate.get('/me', token)).body).toMatchObject({ scopes: ['update', 'read'] });
    await gate.get('/both', token).expect(200);
    gate.people.giveRoles();
    expect((await gate.get('/me', token)).body).toMatchObject({ subject: 'jack', scopes: ['read'] });
    await gate.get('/both', token).expect(403);
    await gate.get('/either', token).expect(200);

    gate.people.giveRoles('clerk');
    const { access_token: narrow } = await gate.signIn(JACK, 'update');
    await gate.get('/either', narrow).expect(200);
    gate.people.answer = () => ({});
    await gate.get('/either', narrow).expect(403, /"scope":"read update"/);
    expect((await gate.get('/me', narrow)).body).toMatchObject({ scopes: [] });
  });

  it('does not affect the other scopes of its token, even if their roles are removed too', async () => {
    const gate = aPeopledGate(await freshStore());
    const { access_token: token } = await gate.signIn(JACK, 'read update admin');
    gate.people.giveRoles();
    await gate.put('/orders/1', token).expect(403);
    await gate.get('/orders', token).expect(200);
    await gate.get('/admin', token).expect(200);
  });

  it('S-135 ends the grant of a deleted user, who has to sign in again after a return', async () => {
    const gate = aPeopledGate(await freshStore());
    const tokens = await gate.signIn(JACK, 'read update');
    gate.people.forget();
    // Any guard will do: it is the token that has the scope.
    const answer = await gate.get('/me', tokens.access_token);
    expectCleanAnswer(answer, { status: 401, from: 'guard', error: 'invalid_token' });
    expect(gate.served()).toBe(0);
    gate.people.giveRoles('clerk');
    await gate.get('/me', tokens.access_token).expect(401);
    await refusedRefresh(gate, tokens.refresh_token);
    const anew = await gate.signIn(JACK, 'update');
    await gate.put('/orders/1', anew.access_token).expect(200);
  });

  it('S-117 is introspected as a guard evaluates it', async () => {
    const gate = aPeopledGate(await freshStore());
    const { access_token: token } = await gate.signIn(JACK, 'read update');
    const { access_token: narrow } = await gate.signIn(JACK, 'update');
    expect((await introspect(gate, token)).body).toMatchObject({ active: true, scope: 'read update' });
    gate.people.giveRoles();
    expect((await introspect(gate, token)).body).toMatchObject({ active: true, scope: 'read' });
    expect((await introspect(gate, narrow)).body).toMatchObject({ active: true, scope: 'default' });
    gate.people.giveRoles('clerk');
    expect((await introspect(gate, narrow)).body).toMatchObject({ active: true, scope: 'update' });
    gate.people.forget();
    for (const gone of [token, narrow]) {
      const answer = await introspect(gate, gone);
      expect([answer.status, answer.text]).toEqual([200, '{"active":false}']);
    }
  });

  it('S-117 is granted by a refresh according to the roles at that time', async () => {
    const gate = aPeopledGate(await freshStore());
    const tokens = await gate.signIn(JACK, 'read update');
    gate.people.giveRoles('manager');
    const next = await refreshed(gate, tokens);
    expect(next.scope).toBe('read');
    gate.people.giveRoles('clerk');
    await gate.put('/orders/1', next.access_token).expect(403);
  });
});

describe('a users function that is called at each request', () => {
  const failures: readonly (readonly [name: string, answer: People['answer']])[] = [
    [
      'throws',
      () => {
        throw new Error('canary');
      },
    ],
    ['rejects', () => Promise.reject(new Error('canary'))],
    ['rejects with nothing', () => Promise.reject()],
    ['never answers', () => new Promise(() => undefined)],
    ['answers roles that are not a list', () => ({ roles: 'clerk' }) as unknown as FoundUser],
    ['answers roles that are not texts', () => ({ roles: [['clerk']] }) as unknown as FoundUser],
  ];

  it.each(failures)(
    'S-036 S-038 S-201 that %s causes a 503, ends nothing, and does not affect the next request',
    async (_how, answer) => {
      const gate = aPeopledGate({ usersDeadline: 20 });
      const { access_token: token } = await gate.signIn(JACK, 'read update');
      gate.people.answer = answer;
      for (const test of [gate.put('/orders/1', token), gate.get('/orders', token), gate.get('/me', token)]) {
        const refusal = await test;
        expectCleanAnswer(refusal, {
          status: 503,
          from: 'guard',
          error: 'temporarily_unavailable',
          without: ['canary', 'update'],
        });
        expect(refusal.headers['retry-after']).toBe('1');
      }
      const refusal = await introspect(gate, token);
      expectCleanAnswer(refusal, { status: 503, error: 'temporarily_unavailable', without: ['canary', 'active'] });
      expect(gate.served()).toBe(0);
      expect(JSON.stringify(gate.lines)).not.toContain('canary');
      expect(gate.lines.filter(({ level }) => level === 'error')).not.toEqual([]);

      gate.people.giveRoles('clerk');
      await gate.put('/orders/1', token).expect(200);
    },
  );

  it('is not called for tokens without such a scope, for clients, or before the token is verified', async () => {
    const gate = aPeopledGate({
      applications: subscribing().map((application) => ({ ...application, scopes: ['read', 'update', 'admin'] })),
    });
    const { access_token: token } = await gate.signIn(JACK, 'read admin');
    const own = await clientToken(gate, APPLICATION, 'update');
    gate.people.forget();
    await gate.get('/orders', token).expect(200);
    await gate.get('/admin', token).expect(200);
    await gate.put('/orders/1', token).expect(403);
    await gate.put('/orders/1', own.access_token).expect(200);
    await gate.put('/orders/1', aForgery()).expect(401);
    await gate.put('/orders/1').expect(401);
    expect((await introspect(gate, token)).body).toMatchObject({ active: true, scope: 'read admin' });
    expect(gate.people.asked).toEqual([]);
  });

  it('is not called for an API to which the application does not subscribe', async () => {
    const people = new People();
    const gate = anApiGate({
      users: people,
      scopes: {
        read: 'See',
        update: { roles: ['clerk'] },
        count: { roles: ['clerk'], recheckRoles: true },
        audit: 'See',
      },
    });
    const { keys } = await aMadeApplication(gate, { subscriptions: ['stock'] });
    const { access_token: token } = await gate.signIn(keys, 'read count', JACK);
    people.forget();
    await gate.get('/orders', token).expect(403, /does not subscribe/);
    expect(people.asked).toEqual([]);
    await gate.get('/stock', token).expect(401);
  });

  it('is not called for a scope that a pattern grants without a role', async () => {
    const gate = aPeopledGate({ scopesWithoutRoleCheck: ['update'] });
    const { access_token: token } = await gate.signIn(JACK, 'update');
    gate.people.giveRoles();
    await gate.put('/orders/1', token).expect(200);
    gate.people.forget();
    await gate.put('/orders/1', token).expect(401);
  });
});

describe('the directory, consulted at each request,', () => {
  it('S-117 S-135 refuses what a changed declaration no longer grants, even to tokens issued before', async () => {
    const shared = await onRedis();
    const { users = [] } = gateOptions(recordedLogger().logger);
    if (!Array.isArray(users)) throw new Error('the users of a test gate are declared');
    const started = (roles: readonly string[]) =>
      aGate({ ...shared, scopes, users: users.map((user: object) => ({ ...user, roles })) as typeof users });
    const before = started(['clerk']);
    const issued = await before.signIn(JOHN, 'read update');
    await before.put('/orders/1', issued.access_token).expect(200);
    const fewer = started([]);
    await fewer.gate.ready();
    await fewer.put('/orders/1', issued.access_token).expect(401);
    const { body: left } = await fewer.token(refreshForm(issued.refresh_token)).expect(200);
    await fewer.get('/orders', left.access_token).expect(200);
    await fewer.put('/orders/1', left.access_token).expect(403);
    const more = started(['boss']);
    await more.gate.ready();
    const tokens = await more.signIn(JOHN, 'read update');
    await more.put('/orders/1', tokens.access_token).expect(200);

    const without = aGate({ ...shared, scopes, users: [] });
    await without.get('/orders', tokens.access_token).expect(401);
    await expectEndedWithinBound(tokens.access_token, before);
    await before.put('/orders/1', tokens.access_token).expect(401);
    await refusedRefresh(before, tokens.refresh_token);
  });

  it('S-195 ends a grant for every machine when one of them finds that its user is deleted', async () => {
    const shared = await onRedis();
    const [here, there] = [aPeopledGate(shared), aPeopledGate(shared)];
    const tokens = await here.signIn(JACK, 'read update');
    await there.put('/orders/1', tokens.access_token).expect(200);
    here.people.forget();
    await here.get('/me', tokens.access_token).expect(401);
    await expectEndedWithinBound(tokens.access_token, there);
    await there.put('/orders/1', tokens.access_token).expect(401);
    await refusedRefresh(there, tokens.refresh_token);
  });
});

describe('options with recheckRoles', () => {
  const start = (options: Partial<ScopegateOptions>) => () =>
    scopegate<string>({ issuer: 'http://127.0.0.1', logger: recordedLogger().logger, ...options });
  const rechecked = { update: { roles: ['clerk'], recheckRoles: true } };

  it.each([
    ['a function', () => null],
    ['an object without find', { verify: () => null }],
  ])('S-356 are refused with %s for users, because roles cannot be read again', (_name, users) => {
    expect(start({ scopes: rechecked, users })).toThrow(
      '  scopes.update.recheckRoles: needs the current roles of a user: give users as { verify, find }',
    );
  });

  it('S-356 are refused for a scope without roles, or with a value other than true or false', () => {
    expect(start({ scopes: { read: { recheckRoles: true } } })).toThrow(
      '  scopes.read.recheckRoles: needs roles to check; give the scope some',
    );
    const wrong = { update: { roles: ['clerk'], recheckRoles: 'yes' as unknown as boolean } };
    expect(start({ scopes: wrong })).toThrow('  scopes.update.recheckRoles: must be true or false');
  });

  it('are accepted with an object with find, declared users or the directory, whose roles can be read', async () => {
    for (const users of [{ verify: () => null, find: () => null }, [], undefined]) {
      const gate = start({ scopes: rechecked, ...(users === undefined ? {} : { users }) })();
      await gate.close();
    }
    const gate = start({ scopes: { update: { roles: ['clerk'], recheckRoles: false } }, users: () => null })();
    await gate.close();
  });
});
