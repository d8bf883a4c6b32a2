import type { Redis } from 'ioredis';
import type { ScopegateOptions } from 'scopegate';
import { jane, john, orders, other, OTHER } from '../support/gate/declared-records';
import { aGate, APPLICATION, JANE, JOHN, type Pair, type TestGate, type TestScope } from '../support/gate/gate';
import { rejectionOf } from '../support/expect/thrown';
import { onRedis } from '../support/stores/every-store';
import { passwordForm, refreshForm } from '../support/tokens/forms';

type Declared = Pick<ScopegateOptions<TestScope>, 'organizations' | 'users' | 'applications'>;
type Store = Awaited<ReturnType<typeof onRedis>>;

const FORMER: Declared = {
  organizations: [{ key: 'johnsorg' }],
  users: [john, jane],
  applications: [orders, other],
};
const NEW_JOHN: Pair = [JOHN[0], 'new-password'];
const NEW_PASSWORD: Declared = { ...FORMER, users: [{ ...john, password: NEW_JOHN[1] }, jane] };
const NOTHING: Declared = { organizations: [], users: [], applications: [] };

const started = async (store: Store, declared: Declared = FORMER): Promise<TestGate> => {
  const gate = aGate({ ...store, ...declared, throttle: false });
  await gate.gate.ready();
  return gate;
};

const statusOf = async ({ token }: TestGate, user: Pair, credentials = APPLICATION): Promise<number> =>
  (await token(passwordForm(user), credentials)).status;

const declarationsIn = ({ redis, prefix }: Store): Promise<Record<string, string>> =>
  (redis as Redis).hgetall(`${prefix}{directory}:declarations`);

/** Resolves once the answer is this one. For what another gate must have been notified of. */
const eventually = async <T>(expected: T, answer: () => Promise<T>): Promise<void> => {
  const end = Date.now() + 5_000;
  let last = await answer();
  while (last !== expected && Date.now() < end) last = await answer();
  expect(last).toBe(expected);
};

describe('a gate with the former declarations, after one with new declarations was started', () => {
  it('serves a user whose password changed with neither password, and serves all others', async () => {
    const store = await onRedis();
    const former = await started(store);
    const tokens = await former.signIn();
    const next = await started(store, NEW_PASSWORD);
    await eventually(503, () => statusOf(former, JOHN));
    expect(await statusOf(former, NEW_JOHN)).toBe(503);
    expect((await former.token(refreshForm(tokens.refresh_token))).status).toBe(400);
    expect((await former.get('/me', tokens.access_token)).status).toBe(401);
    expect(await statusOf(former, JANE)).toBe(200);
    expect(await statusOf(next, NEW_JOHN)).toBe(200);
    expect(await statusOf(next, JOHN)).toBe(400);
    expect(former.lines.filter(({ fields }) => 'declaration' in fields)).toEqual([
      {
        level: 'warn',
        fields: { declaration: `user ${JOHN[0]}` },
        message: expect.stringContaining('does not serve it') as string,
      },
    ]);
    await former.gate.ready(); // it stays ready for everybody else
  });

  it('serves no key whose secret changed, with either secret, and refuses one that is no longer declared', async () => {
    const store = await onRedis();
    const former = await started(store);
    const next = await started(store, { ...FORMER, applications: [{ ...orders, consumerSecret: 'new-secret' }] });
    const form = { token: 'x', token_type_hint: 'access_token' };
    for (const [credentials, status] of [
      [APPLICATION, 503],
      [['key', 'new-secret'], 503],
      [OTHER, 401],
    ] as const) {
      await eventually(status, () => statusOf(former, JANE, credentials));
      expect((await former.postTo('/revoke', form, credentials)).status).toBe(status);
    }
    expect(await statusOf(next, JANE, ['key', 'new-secret'])).toBe(200);
  });

  it('gives no more rights than the new declarations', async () => {
    const store = await onRedis();
    const former = await started(store);
    const scopes = ['read'] as const;
    await started(store, {
      ...FORMER,
      users: [{ ...john, roles: [] }, jane],
      applications: [orders, { ...other, scopes }],
    });
    const granted = async (credentials: Pair, scope: string): Promise<string> =>
      (await former.token({ ...passwordForm(JOHN), scope }, credentials)).body.scope as string;
    await eventually('read', () => granted(APPLICATION, 'read update'));
    expect(await granted(OTHER, 'read update')).toBe('read');
    const { users } = former.gate.directory;
    expect(await users.find(JOHN[0])).toMatchObject({ roles: [] });
  });

  it('serves a record again once a gate was started with the former declarations', async () => {
    const store = await onRedis();
    const former = await started(store);
    const canary = await started(store, NEW_PASSWORD);
    await eventually(503, () => statusOf(former, JOHN));
    await canary.close();
    await started(store);
    await eventually(200, () => statusOf(former, JOHN));
  });

  it('changes no registration, however often both gates are used', async () => {
    const store = await onRedis();
    const former = await started(store);
    const next = await started(store, NEW_PASSWORD);
    const registered = await declarationsIn(store);
    for (let round = 0; round < 5; round += 1) {
      for (const user of [JOHN, NEW_JOHN, JANE]) await Promise.all([statusOf(former, user), statusOf(next, user)]);
      await Promise.all([former.gate.ready(), next.gate.ready()]);
    }
    expect(await declarationsIn(store)).toEqual(registered);
  });

  it.each<readonly [what: string, declared: Declared, user: Pair]>([
    ['the password of the user changes', NEW_PASSWORD, NEW_JOHN],
    ['the user is no longer declared', { ...FORMER, users: [jane] }, JANE],
  ])('leaves no token that is accepted later, if it issues tokens while %s', async (_what, declared, user) => {
    const store = await onRedis();
    const former = await started(store);
    const issued: string[] = [];
    let isOver = false;
    const issuing = Array.from({ length: 8 }, async () => {
      while (!isOver) {
        const { status, body } = await former.token(passwordForm(JOHN));
        if (status === 200) issued.push(String(body.access_token));
      }
    });
    await former.signIn(); // by then the others have begun
    const next = await started(store, declared);
    isOver = true;
    await Promise.all(issuing);
    const guard = await started(store, NOTHING);
    expect(issued.length).toBeGreaterThan(0);
    for (const token of issued) {
      for (const gate of [next, former, guard]) expect((await gate.get('/me', token)).status).toBe(401);
    }
    expect(await statusOf(next, user)).toBe(200);
  });
});

describe('gates that are started concurrently', () => {
  it('with the same new declarations end what was issued before, and all serve the record', async () => {
    const store = await onRedis();
    const former = await started(store);
    const { access_token } = await former.signIn();
    await former.close();
    const gates = await Promise.all(Array.from({ length: 5 }, () => started(store, NEW_PASSWORD)));
    for (const gate of gates) {
      expect((await gate.get('/me', access_token)).status).toBe(401);
      expect(await statusOf(gate, NEW_JOHN)).toBe(200);
      expect(await statusOf(gate, JOHN)).toBe(400);
    }
    const { access_token: next } = await (gates[0] ?? former).signIn(NEW_JOHN);
    for (const gate of gates) expect((await gate.get('/me', next)).status).toBe(200);
  });

  it('with different declarations agree on one of them, and accept no token of the other', async () => {
    const store = await onRedis();
    const gates = await Promise.all([FORMER, NEW_PASSWORD, FORMER, NEW_PASSWORD].map((each) => started(store, each)));
    const pairs = [JOHN, NEW_JOHN, JOHN, NEW_JOHN];
    const statuses = await Promise.all(gates.map((gate, index) => statusOf(gate, pairs[index] ?? JOHN)));
    expect([
      [200, 503, 200, 503],
      [503, 200, 503, 200],
    ]).toContainEqual(statuses);
    for (const gate of gates) expect(await statusOf(gate, JANE)).toBe(200);
  });
});

describe('a process that declares nothing and only guards', () => {
  it('ends nothing when it starts, and accepts what others issue', async () => {
    const store = await onRedis();
    const issuer = await started(store);
    const { access_token } = await issuer.signIn();
    const guard = await started(store, NOTHING);
    expect((await guard.get('/me', access_token)).status).toBe(200);
    expect(await statusOf(issuer, JOHN)).toBe(200);
  });

  it('refuses what ended because another gate was started with changed declarations', async () => {
    const store = await onRedis();
    const issuer = await started(store);
    const { access_token } = await issuer.signIn();
    const guard = await started(store, NOTHING);
    expect((await guard.get('/me', access_token)).status).toBe(200);
    await started(store, NEW_PASSWORD);
    await eventually(401, async () => (await guard.get('/me', access_token)).status);
  });

  it('leaves the last declared application and user to be removed by a call', async () => {
    const store = await onRedis();
    const issuer = await started(store, { ...FORMER, users: [john], applications: [orders] });
    const { access_token } = await issuer.signIn();
    const own = await issuer.token({ grant_type: 'client_credentials' });
    await issuer.close();
    const { gate, get } = await started(store, { ...NOTHING, organizations: [{ key: 'johnsorg' }] });
    expect((await get('/me', access_token)).status).toBe(200);
    const again = { username: 'john@gmail.com', organization: 'johnsorg', password: 'created-password' };
    expect(await rejectionOf(gate.directory.users.create(again))).toMatchObject({ code: 'ERR_SCOPEGATE_EXISTS' });
    await gate.directory.users.remove(JOHN[0]);
    expect((await get('/me', access_token)).status).toBe(401);
    await gate.directory.users.create(again);
    expect((await get('/me', String(own.body.access_token))).status).toBe(200);
    await gate.directory.applications.remove(APPLICATION[0]);
    expect((await get('/me', String(own.body.access_token))).status).toBe(401);
    for (const call of [
      () => gate.directory.applications.remove(APPLICATION[0]),
      () => gate.directory.users.remove('nobody@johnsorg'),
    ]) {
      expect(await rejectionOf(call())).toMatchObject({ code: 'ERR_SCOPEGATE_NOT_FOUND' });
    }
  });
});
