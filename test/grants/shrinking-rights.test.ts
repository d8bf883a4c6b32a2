import type { GrantType, IssuedTokens, ManagedDirectory } from 'scopegate';
import { aMadeApplication, anApiGate, clientToken, statusOf, type ApiGate } from '../support/gate/api-gate';
import { everyStore, onRedis, type StoreOptions } from '../support/stores/every-store';
import type { Pair, TokenBody } from '../support/gate/gate';
import { collect } from '../support/stores/collect';
import { readsRecord, redisWithHook } from '../support/redis/hook';
import { refresh, refusedRefresh } from '../support/tokens/refreshing';
import { rejectionOf } from '../support/expect/thrown';
import { passwordForm, clientForm } from '../support/tokens/forms';

const SAM: Pair = ['sam@acme', 'sam-password'];
const TOM: Pair = ['tom@acme', 'tom-password'];
const EVERYTHING = 'read update count audit';

interface Ids {
  readonly id: string;
  readonly secretId: string;
}

/** Two clerks of acme, and two of its applications that may do everything. */
const atAcme = async (store: StoreOptions) => {
  const gate = anApiGate(store);
  const { organizations, users } = gate.gate.directory;
  await organizations.create({ key: 'acme' });
  for (const [name, password] of [SAM, TOM]) {
    const username = name.slice(0, name.indexOf('@'));
    await users.create({ username, organization: 'acme', password, roles: ['clerk'] });
  }
  const application = {
    owner: SAM[0],
    subscriptions: ['orders', 'stock'],
    scopes: ['read', 'update', 'count', 'audit'],
  };
  return { ...gate, one: await aMadeApplication(gate, application), other: await aMadeApplication(gate, application) };
};

/** Tokens of every kind, the first ones refreshed a moment ago, so that an earlier access token is alive too. */
const signedIn = async (gate: Awaited<ReturnType<typeof atAcme>>) => {
  const earlier = await gate.signIn(gate.one.keys, EVERYTHING, SAM);
  const { body } = await refresh(gate, earlier.refresh_token, undefined, gate.one.keys).expect(200);
  return {
    earlier,
    sams: body as TokenBody,
    toms: await gate.signIn(gate.one.keys, EVERYTHING, TOM),
    own: await clientToken(gate, gate.one.keys, EVERYTHING),
    elsewhere: await gate.signIn(gate.other.keys, EVERYTHING, SAM),
  };
};

type Kind = keyof Awaited<ReturnType<typeof signedIn>>;

const OF_SAM: readonly Kind[] = ['earlier', 'sams', 'elsewhere'];
const OF_THE_APPLICATION: readonly Kind[] = ['earlier', 'sams', 'toms', 'own'];
const ALL: readonly Kind[] = [...OF_THE_APPLICATION, 'elsewhere'];

/** The kinds whose access token is refused. */
const endedOf = async ({ get }: Pick<ApiGate, 'get'>, tokens: Readonly<Record<Kind, TokenBody>>) => {
  const statuses = await Promise.all(ALL.map((kind) => statusOf(get('/me', tokens[kind].access_token))));
  return ALL.filter((_kind, index) => statuses[index] === 401);
};

type Change = (directory: ManagedDirectory, ids: Ids) => Promise<unknown>;

const fewerScopes: Change = ({ applications }, { id }) => applications.setScopes(id, ['read', 'count']);
const noScopes: Change = ({ applications }, { id }) => applications.setScopes(id, []);
const withoutOrders: Change = ({ applications }, { id }) => applications.unsubscribe(id, 'orders');
const withoutRoles: Change = ({ users }) => users.setRoles(SAM[0], []);

describe.each(everyStore)('a reduction of rights in %s', (_name, freshStore) => {
  it.each<[what: string, change: Change, ended: readonly Kind[], left: string]>([
    ['fewer scopes of the application', fewerScopes, OF_THE_APPLICATION, 'read count'],
    ['no scopes of the application', noScopes, OF_THE_APPLICATION, 'default'],
    ['one subscription less', withoutOrders, OF_THE_APPLICATION, 'read count audit'],
    ['fewer roles of the user', withoutRoles, OF_SAM, 'read count audit'],
  ])(
    'S-117 S-141 by %s ends access tokens, and the next refresh grants what is left',
    async (_what, change, ended, left) => {
      const gate = await atAcme(await freshStore());
      const tokens = await signedIn(gate);
      await change(gate.gate.directory, gate.one);
      expect(await endedOf(gate, tokens)).toEqual(ALL.filter((kind) => ended.includes(kind)));

      // A repeat of the last refresh is answered with the same pair, of which the access token is as dead.
      const repeat = await refresh(gate, tokens.earlier.refresh_token, undefined, gate.one.keys).expect(200);
      expect(repeat.body).toEqual(tokens.sams);
      const { body } = await refresh(gate, tokens.sams.refresh_token, undefined, gate.one.keys).expect(200);
      const next = body as TokenBody;
      expect(next.scope).toBe(left);
      await gate.put('/orders/1', next.access_token).expect(403);
      expect((await gate.get('/me', next.access_token)).body).toMatchObject({
        scopes: left === 'default' ? [] : left.split(' '),
      });
      if (ended.includes('elsewhere')) return;
      await gate.put('/orders/1', tokens.elsewhere.access_token).expect(200);
    },
  );

  it("S-117 ends an application's own scopes when its list of scopes is removed", async () => {
    const gate = await atAcme(await freshStore());
    const { access_token: token } = await clientToken(gate, gate.one.keys, EVERYTHING);
    await gate.put('/orders/1', token).expect(200);
    // Without a list it may have all that its APIs need, but nothing that needs a role, and nothing beside them.
    await gate.gate.directory.applications.setScopes(gate.one.id);
    expect((await clientToken(gate, gate.one.keys, EVERYTHING)).scope).toBe('read count');
    await gate.put('/orders/1', token).expect(401);
  });

  it('S-117 ends scopes of a user outside APIs when the list of scopes is removed', async () => {
    const gate = await atAcme(await freshStore());
    const tokens = await gate.signIn(gate.one.keys, EVERYTHING, SAM);
    await gate.gate.directory.applications.setScopes(gate.one.id);
    await gate.get('/me', tokens.access_token).expect(401);
    const { body } = await refresh(gate, tokens.refresh_token, undefined, gate.one.keys).expect(200);
    expect(body).toMatchObject({ scope: 'read update count' });
  });

  it('S-117 has no effect on a grant that is refreshed only after the rights were restored', async () => {
    const gate = await atAcme(await freshStore());
    const { applications, users } = gate.gate.directory;
    const tokens = await gate.signIn(gate.one.keys, EVERYTHING, SAM);
    await fewerScopes(gate.gate.directory, gate.one);
    await applications.setScopes(gate.one.id, ['audit', 'count', 'update', 'read']);
    await applications.unsubscribe(gate.one.id, 'orders');
    await applications.subscribe(gate.one.id, 'orders');
    await users.setRoles(SAM[0], []);
    await users.setRoles(SAM[0], ['clerk']);
    await gate.get('/me', tokens.access_token).expect(401);
    const { body } = await refresh(gate, tokens.refresh_token, undefined, gate.one.keys).expect(200);
    expect(body).toMatchObject({ scope: EVERYTHING });
  });

  it.each<[what: string, end: Change, undo: Change | undefined, ended: readonly Kind[]]>([
    ['the user is disabled', ({ users }) => users.disable(SAM[0]), ({ users }) => users.enable(SAM[0]), OF_SAM],
    ['the user is removed', ({ users }) => users.remove(SAM[0]), undefined, OF_SAM],
    ['the user gets a new password', ({ users }) => users.setPassword(SAM[0], 'another-password'), undefined, OF_SAM],
    [
      'the application is disabled',
      ({ applications }, { id }) => applications.disable(id),
      ({ applications }, { id }) => applications.enable(id),
      OF_THE_APPLICATION,
    ],
    [
      'one of its secrets is deleted',
      ({ applications }, { id, secretId }) => applications.revokeSecret(id, secretId),
      undefined,
      OF_THE_APPLICATION,
    ],
    [
      'the organization is disabled',
      ({ organizations }) => organizations.disable('acme'),
      ({ organizations }) => organizations.enable('acme'),
      ALL,
    ],
  ])('S-085 S-086 S-072 S-135 ends grants for good when %s', async (_what, end, undo, ended) => {
    const gate = await atAcme(await freshStore());
    const { directory } = gate.gate;
    const spare = await directory.applications.generateKeys(gate.one.id, { environment: 'production' });
    const tokens = await signedIn(gate);
    await end(directory, gate.one);
    expect(await endedOf(gate, tokens)).toEqual(ALL.filter((kind) => ended.includes(kind)));
    await undo?.(directory, gate.one);
    expect(await endedOf(gate, tokens)).toEqual(ALL.filter((kind) => ended.includes(kind)));

    const keys: Pair = [spare.clientId, spare.clientSecret];
    await refusedRefresh(gate, tokens.sams.refresh_token, keys);
    const tomsEnded = ended.includes('toms');
    expect(await statusOf(refresh(gate, tokens.toms.refresh_token, undefined, keys))).toBe(tomsEnded ? 400 : 200);
    const elsewhere = await statusOf(refresh(gate, tokens.elsewhere.refresh_token, undefined, gate.other.keys));
    expect(elsewhere).toBe(ended.includes('elsewhere') ? 400 : 200);
  });

  it('S-085 S-086 S-072 S-135 ends grants for good when the organization is removed, whatever is created later', async () => {
    const gate = await atAcme(await freshStore());
    const { organizations, users, applications } = gate.gate.directory;
    const tokens = await signedIn(gate);
    await organizations.remove('acme');
    expect(await endedOf(gate, tokens)).toEqual(ALL);
    await expect(organizations.create({ key: 'acme' })).rejects.toMatchObject({ code: 'ERR_SCOPEGATE_EXISTS' });

    for (const { id, organization } of await collect(applications.list())) {
      if (organization === 'acme') await applications.remove(id);
    }
    for (const { username, organization } of await collect(users.list())) {
      if (organization === 'acme') await users.remove(username);
    }
    await organizations.create({ key: 'acme' });
    expect(await endedOf(gate, tokens)).toEqual(ALL);
  });

  it('S-072 S-135 ends grants with the keys when the application is removed', async () => {
    const gate = await atAcme(await freshStore());
    const tokens = await signedIn(gate);
    await gate.gate.directory.applications.remove(gate.one.id);
    expect(await endedOf(gate, tokens)).toEqual(OF_THE_APPLICATION);
    expect(await statusOf(refresh(gate, tokens.sams.refresh_token, undefined, gate.one.keys))).toBe(401);
    for (const owner of [{ clientId: gate.one.clientId }, { user: TOM[0] }]) {
      expect(await collect(gate.gate.tokens.find(owner))).toEqual([]);
    }
  });

  it('S-138 keeps tokens when grant types are removed, and refuses refreshes until they are restored', async () => {
    const gate = await atAcme(await freshStore());
    const { applications } = gate.gate.directory;
    const tokens = await signedIn(gate);
    await applications.setGrantTypes(gate.one.id, []);
    expect(await endedOf(gate, tokens)).toEqual([]);
    const refused = await refresh(gate, tokens.sams.refresh_token, undefined, gate.one.keys);
    expect([refused.status, refused.body]).toEqual([400, expect.objectContaining({ error: 'unauthorized_client' })]);
    await applications.setGrantTypes(gate.one.id);
    const { body } = await refresh(gate, tokens.sams.refresh_token, undefined, gate.one.keys).expect(200);
    expect(body).toMatchObject({ scope: EVERYTHING });
  });
});

describe('a change of rights', () => {
  const withCode = (code: string) => expect.objectContaining({ code: `ERR_SCOPEGATE_${code}` });

  it('that is invalid is refused, and changes and ends nothing', async () => {
    const gate = await atAcme({});
    const { applications } = gate.gate.directory;
    const tokens = await signedIn(gate);
    const before = await applications.find(gate.one.id);
    const { id } = gate.one;
    expect(await rejectionOf(applications.setScopes(id, ['read', 'nobody']))).toEqual(withCode('VALUE'));
    const unknown = ['password', 'implicit'] as unknown as readonly GrantType[];
    expect(await rejectionOf(applications.setGrantTypes(id, unknown))).toEqual(withCode('VALUE'));
    expect(await applications.find(id)).toEqual(before);
    expect(await endedOf(gate, tokens)).toEqual([]);
    expect(await rejectionOf(applications.setScopes('nobody', ['read']))).toEqual(withCode('NOT_FOUND'));
    expect(await rejectionOf(applications.setGrantTypes('nobody', []))).toEqual(withCode('NOT_FOUND'));
  });

  it('of a declared application or user is refused', async () => {
    const declared = { name: 'App', consumerKey: 'key', consumerSecret: 'secret' };
    const { applications } = anApiGate({ applications: [declared] }).gate.directory;
    expect(await rejectionOf(applications.setScopes('key', []))).toEqual(withCode('DECLARED'));
    expect(await rejectionOf(applications.setGrantTypes('key', []))).toEqual(withCode('DECLARED'));
    expect(await applications.find('key')).not.toHaveProperty('scopes');
  });

  it('can be repeated, counts once, and removes the limit when called without a list', async () => {
    const gate = await atAcme({});
    const { applications } = gate.gate.directory;
    const { id } = gate.one;
    expect(await applications.setScopes(id, ['read', 'count', 'read'])).toMatchObject({ scopes: ['read', 'count'] });
    expect(await applications.setScopes(id)).not.toHaveProperty('scopes');
    const types: readonly GrantType[] = ['password', 'password'];
    expect(await applications.setGrantTypes(id, types)).toMatchObject({ grantTypes: ['password'] });
    expect(await applications.setGrantTypes(id)).not.toHaveProperty('grantTypes');
  });
});

/** What was issued to a request during which rights were removed. */
interface Given {
  readonly access: string;
  readonly refresh?: string;
}

type InFlight = Awaited<ReturnType<typeof interrupted>>;

type Ask = (gate: InFlight) => Promise<Given | undefined>;

const fromAnswer = ({ status, body }: { status: number; body: unknown }): Given | undefined => {
  if (status !== 200) return undefined;
  const { access_token: access, refresh_token: spare } = body as Partial<TokenBody>;
  return { access: access ?? '', ...(spare === undefined ? {} : { refresh: spare }) };
};

const fromCall = async (issuing: Promise<IssuedTokens>): Promise<Given | undefined> => {
  const issued = await issuing.catch(() => undefined);
  if (issued === undefined) return undefined;
  const { accessToken: access, refreshToken: spare } = issued;
  return { access, ...(spare === undefined ? {} : { refresh: spare }) };
};

const scopes = EVERYTHING.split(' ');

const asks: readonly (readonly [during: string, ask: Ask])[] = [
  ['a sign-in', async ({ token, one }) => fromAnswer(await token(passwordForm(SAM, EVERYTHING), one.keys))],
  ['a refresh', async (gate) => fromAnswer(await refresh(gate, gate.before.refresh_token, undefined, gate.one.keys))],
  ['a request for itself', async ({ token, one }) => fromAnswer(await token(clientForm(EVERYTHING), one.keys))],
  ['issue', ({ gate, one }) => fromCall(gate.tokens.issue({ clientId: one.clientId, subject: SAM[0], scopes }))],
  ['issue for itself', ({ gate, one }) => fromCall(gate.tokens.issue({ clientId: one.clientId, scopes }))],
];

/** A gate with a change on another machine between its first look-up of the application and its next step. */
const interrupted = async (change: Change, lookFor: (ids: Ids) => string = ({ id }) => id) => {
  const { redis, prefix, deadline } = await onRedis();
  const elsewhere = await atAcme({ redis, prefix, deadline });
  const { one } = elsewhere;
  const before = await elsewhere.signIn(one.keys, EVERYTHING, SAM);
  let hasCome = false;
  const hooked = redisWithHook(redis, readsRecord(lookFor(one)), async () => {
    await change(elsewhere.gate.directory, one);
    hasCome = true;
  });
  return { ...anApiGate({ redis: hooked, prefix, deadline }), elsewhere, one, before, hasCome: () => hasCome };
};

/** Each change during each kind of request. */
const inEveryAsk = (cases: readonly (readonly [what: string, change: Change])[]) =>
  asks.flatMap(([during, ask]) => cases.map(([what, change]) => [during, what, ask, change] as const));

describe('a reduction of rights on another machine', () => {
  it.each(
    inEveryAsk([
      ['scopes of the application', ({ applications }, { id }) => applications.setScopes(id, ['count'])],
      ['a subscription', withoutOrders],
    ]),
  )('S-117 S-221 during %s leaves no access to what was removed: %s', async (_during, _what, ask, change) => {
    const gate = await interrupted(change);
    const given = await ask(gate);
    expect(gate.hasCome()).toBe(true);
    await gate.get('/me', gate.before.access_token).expect(401);
    if (given === undefined) return;
    for (const there of [gate, gate.elsewhere]) {
      expect(await statusOf(there.put('/orders/1', given.access))).not.toBe(200);
      expect(await statusOf(there.get('/orders', given.access))).not.toBe(200);
    }
  });

  it.each(
    inEveryAsk([
      ['the application is disabled', ({ applications }, { id }) => applications.disable(id)],
      ['the application is removed', ({ applications }, { id }) => applications.remove(id)],
      ['its secret is deleted', ({ applications }, { id, secretId }) => applications.revokeSecret(id, secretId)],
      ['the organization is disabled', ({ organizations }) => organizations.disable('acme')],
    ]),
  )('S-072 S-221 leaves no live token when, during %s, %s', async (_during, _what, ask, change) => {
    const gate = await interrupted(change);
    const given = await ask(gate);
    expect(gate.hasCome()).toBe(true);
    for (const token of [gate.before.access_token, given?.access]) {
      if (token !== undefined) await gate.get('/me', token).expect(401);
    }
    expect(await collect(gate.elsewhere.gate.tokens.find({ clientId: gate.one.clientId }))).toEqual([]);
  });

  it.each<[what: string, change: Change]>([
    ['the user is disabled', ({ users }) => users.disable(SAM[0])],
    ['the user is removed', ({ users }) => users.remove(SAM[0])],
    ['the user gets a new password', ({ users }) => users.setPassword(SAM[0], 'another-password')],
  ])('S-085 S-086 leaves no live token from issue when, during the call, %s', async (_what, change) => {
    const gate = await interrupted(change, () => SAM[0]);
    const order = { clientId: gate.one.clientId, subject: SAM[0], scopes };
    const refusal = await rejectionOf(gate.gate.tokens.issue(order));
    expect(gate.hasCome()).toBe(true);
    expect(refusal).toEqual(expect.objectContaining({ code: 'temporarily_unavailable' }));
    expect(await collect(gate.elsewhere.gate.tokens.find({ user: SAM[0] }))).toEqual([]);
  });

  it('S-117 leaves no access to a role that is removed during issue', async () => {
    const gate = await interrupted(withoutRoles, () => SAM[0]);
    const order = { clientId: gate.one.clientId, subject: SAM[0], scopes };
    const given = await fromCall(gate.gate.tokens.issue(order));
    expect(gate.hasCome()).toBe(true);
    if (given !== undefined) expect(await statusOf(gate.put('/orders/1', given.access))).not.toBe(200);
    expect(await gate.gate.tokens.issue(order)).toMatchObject({ scopes: ['read', 'count', 'audit'] });
  });

  it.each(asks.filter(([during]) => !during.includes('refresh')))(
    'S-138 leaves %s without a token if the grant type is removed during it',
    async (_during, ask) => {
      const gate = await interrupted(({ applications }, { id }) => applications.setGrantTypes(id, []));
      const given = await ask(gate);
      expect(gate.hasCome()).toBe(true);
      if (given !== undefined) await gate.get('/me', given.access).expect(401);
    },
  );
});
