import type { IssuedTokens, ManagedIssue, ScopegateOptions, UserSource, VerifyUser } from 'scopegate';
import { mintProofKey, mintRefreshToken } from '../../src/protocol/secrets';
import { aMadeApplication, anApiGate, clientToken } from '../support/gate/api-gate';
import { aClock } from '../support/time/clock';
import { everyStore, onRedis } from '../support/stores/every-store';
import { aGate, APPLICATION, JANE, JOHN, MARY, subscribing, type TestGate, type TokenBody } from '../support/gate/gate';
import { collect } from '../support/stores/collect';
import { refresh, refreshed, refusedRefresh } from '../support/tokens/refreshing';
import { rejectionOf } from '../support/expect/thrown';
import { grantIdOf, altered } from '../support/tokens/tokens';

const [CLIENT] = APPLICATION;
const notFound = expect.objectContaining({ code: 'ERR_SCOPEGATE_NOT_FOUND' });

const refreshTokenOf = ({ refreshToken }: IssuedTokens): string => {
  if (refreshToken === undefined) throw new Error('there is no refresh token');
  return refreshToken;
};

/** True if an access token is accepted. */
const opens = async ({ get }: Pick<TestGate, 'get'>, token: string): Promise<boolean> =>
  (await get('/me', token)).status === 200;

describe.each(everyStore)('gate.tokens in %s', (_name, freshStore) => {
  const open = async (limits: ScopegateOptions['limits'] = {}) => {
    const clock = aClock();
    const gate = aGate({ ...(await freshStore()), clock: clock.now, limits });
    return { ...gate, clock, tokens: gate.gate.tokens };
  };

  describe('with issue', () => {
    it('issues tokens for a user without a password that are as valid as any', async () => {
      const gate = await open();
      const issued = await gate.tokens.issue({ clientId: CLIENT, subject: JOHN[0], scopes: ['read', 'update'] });
      expect(issued).toEqual({
        accessToken: expect.stringMatching(/^sga_/),
        refreshToken: expect.stringMatching(/^sgr_/),
        expiresIn: 3600,
        scopes: ['read', 'update'],
      });
      expect((await gate.get('/me', issued.accessToken)).body).toEqual({
        subject: JOHN[0],
        clientId: CLIENT,
        organization: 'johnsorg',
        scopes: ['read', 'update'],
        environment: 'production',
        grantId: grantIdOf(issued.accessToken),
        issuedAt: gate.clock.now(),
        expiresAt: gate.clock.now() + 3600,
      });
      const next = await refreshed(gate, { refresh_token: refreshTokenOf(issued) });
      expect(next.scope).toBe('read update');
      await gate.put('/orders/1', next.access_token).expect(200);
    });

    it("S-144 issues a client's own token without a refresh token if no user is named", async () => {
      const gate = await open();
      const issued = await gate.tokens.issue({ clientId: CLIENT, scopes: ['read', 'update'] });
      expect(issued).toEqual({ accessToken: expect.any(String), expiresIn: 3600, scopes: ['read'] });
      const { body } = await gate.get('/me', issued.accessToken);
      expect(body).toMatchObject({ clientId: CLIENT, organization: 'johnsorg', scopes: ['read'] });
      expect(body).not.toHaveProperty('subject');
    });

    it.each(['John@Gmail.com@johnsorg', 'john@gmail.com@JohnsOrg', 'JOHN@GMAIL.COM@JOHNSORG'])(
      "S-091 accepts every spelling of a user's name: %s",
      async (subject) => {
        const gate = await open();
        const { accessToken } = await gate.tokens.issue({ clientId: CLIENT, subject });
        expect((await gate.get('/me', accessToken)).body).toMatchObject({ subject: JOHN[0] });
      },
    );

    it.each(['nobody', 'constructor', '', '*'])('rejects for an unknown client: "%s"', async (clientId) => {
      const { tokens } = await open();
      expect(await rejectionOf(tokens.issue({ clientId }))).toEqual(notFound);
      expect(await rejectionOf(tokens.issue({ clientId, subject: JOHN[0] }))).toEqual(notFound);
    });

    it.each(['nobody@johnsorg', 'john@gmail.com', 'john@gmail.com@nowhere', '', '@johnsorg', '__proto__'])(
      'rejects for an unknown user, and never issues a client\'s own token instead: "%s"',
      async (subject) => {
        const { tokens } = await open();
        expect(await rejectionOf(tokens.issue({ clientId: CLIENT, subject }))).toEqual(notFound);
        expect(await collect(tokens.find({ clientId: CLIENT }))).toEqual([]);
      },
    );

    it('S-072 S-085 rejects for a disabled or removed user or client, and issues again after enabling', async () => {
      const gate = await open();
      const { users, applications, organizations } = gate.gate.directory;
      await organizations.create({ key: 'acme' });
      await users.create({ username: 'sam', organization: 'acme', password: 'sam-password' });
      const { id, clientId } = await aMadeApplication(gate, { owner: 'sam@acme' });
      const order: ManagedIssue = { clientId, subject: 'sam@acme' };
      const issues = async () => rejectionOf(gate.tokens.issue(order));

      for (const [disable, enable] of [
        [() => users.disable('sam@acme'), () => users.enable('sam@acme')],
        [() => applications.disable(id), () => applications.enable(id)],
        [() => organizations.disable('acme'), () => organizations.enable('acme')],
      ] as const) {
        await disable();
        expect(await issues()).toEqual(notFound);
        await enable();
        expect(await issues()).toBeUndefined();
      }
      await applications.disable(id);
      expect(await rejectionOf(gate.tokens.issue({ clientId }))).toEqual(notFound);
      await applications.enable(id);
      await users.remove('sam@acme');
      expect(await issues()).toEqual(notFound);
      await applications.remove(id);
      expect(await rejectionOf(gate.tokens.issue({ clientId }))).toEqual(notFound);
    });

    it('S-087 S-138 respects the grant types of the application', async () => {
      const gate = await open();
      const unauthorized = expect.objectContaining({ code: 'unauthorized_client' });
      const own = await aMadeApplication(gate, { grantTypes: ['client_credentials', 'refresh_token'] });
      expect(await rejectionOf(gate.tokens.issue({ clientId: own.clientId, subject: JOHN[0] }))).toEqual(unauthorized);
      expect(await gate.tokens.issue({ clientId: own.clientId })).not.toHaveProperty('refreshToken');

      const users = await aMadeApplication(gate, { grantTypes: ['password'] });
      expect(await rejectionOf(gate.tokens.issue({ clientId: users.clientId }))).toEqual(unauthorized);
      const issued = await gate.tokens.issue({ clientId: users.clientId, subject: JOHN[0] });
      expect(issued).not.toHaveProperty('refreshToken');

      const nothing = await aMadeApplication(gate, { grantTypes: [] });
      expect(await rejectionOf(gate.tokens.issue({ clientId: nothing.clientId }))).toEqual(unauthorized);
    });

    it('S-108 S-110 drops scopes that are unknown, repeated, or not available to the client or the user', async () => {
      const gate = await open();
      const issue = async (order: ManagedIssue) => (await gate.tokens.issue(order)).scopes;
      const scopes = ['admin', 'update', 'read', 'nobody', 'read', 'default', 'read update'];
      expect(await issue({ clientId: CLIENT, subject: JOHN[0], scopes })).toEqual(['update', 'read']);
      expect(await issue({ clientId: CLIENT, subject: JANE[0], scopes })).toEqual(['read']);
      expect(await issue({ clientId: CLIENT, subject: MARY[0], scopes })).toEqual(['admin', 'read']);
      expect(await issue({ clientId: CLIENT, subject: JOHN[0] })).toEqual([]);

      const { clientId } = await aMadeApplication(gate, { scopes: ['update'] });
      expect(await issue({ clientId, subject: JOHN[0], scopes })).toEqual(['update']);
      expect(await issue({ clientId, subject: JANE[0], scopes })).toEqual([]);
      expect(await issue({ clientId, scopes })).toEqual(['update']);
    });
  });

  describe('with find', () => {
    it('lists the grants of a user and of a client', async () => {
      const gate = await open();
      const now = gate.clock.now();
      const johns = await gate.signIn(JOHN, 'read update');
      const janes = await gate.signIn(JANE);
      const own = await clientToken(gate, APPLICATION, 'read');
      const other = await aMadeApplication(gate);
      const elsewhere = await gate.signIn(JOHN, 'read', other.keys);

      const common = { organization: 'johnsorg', environment: 'production' };
      const live = {
        accessToken: { issuedAt: now, expiresAt: now + 3600 },
        refreshToken: { expiresAt: now + 86_400 },
      };
      const john = {
        ...common,
        ...live,
        grantId: grantIdOf(johns.access_token),
        clientId: CLIENT,
        subject: JOHN[0],
        scopes: ['read', 'update'],
      };
      const there = {
        ...john,
        grantId: grantIdOf(elsewhere.access_token),
        clientId: other.clientId,
        scopes: ['read'],
      };
      const jane = { ...john, grantId: grantIdOf(janes.access_token), subject: JANE[0], scopes: [] };
      const client = {
        ...common,
        accessToken: live.accessToken,
        grantId: grantIdOf(own.access_token),
        clientId: CLIENT,
        scopes: ['read'],
      };
      const byUser = await collect(gate.tokens.find({ user: JOHN[0] }));
      expect(byUser).toHaveLength(2);
      expect(byUser).toEqual(expect.arrayContaining([john, there]));
      const byClient = await collect(gate.tokens.find({ clientId: CLIENT }));
      expect(byClient).toHaveLength(3);
      expect(byClient).toEqual(expect.arrayContaining([john, jane, client]));
    });

    it("S-091 accepts every spelling of a user's name, and finds no one else by it", async () => {
      const gate = await open();
      await gate.signIn();
      for (const user of [JOHN[0], 'JOHN@gmail.com@johnsorg', 'john@gmail.com@JOHNSORG']) {
        expect(await collect(gate.tokens.find({ user }))).toHaveLength(1);
      }
      for (const user of ['john@gmail.com', 'john@gmail.com@nowhere', 'nobody@johnsorg', '', '*', CLIENT]) {
        expect([user, await collect(gate.tokens.find({ user }))]).toEqual([user, []]);
      }
      for (const clientId of ['nobody', '', '*', JOHN[0]]) {
        expect([clientId, await collect(gate.tokens.find({ clientId }))]).toEqual([clientId, []]);
      }
    });

    it('S-225 lists each grant once, however many there are', async () => {
      const gate = await open({ grantsPerUserAndClient: false });
      const grants: string[] = [];
      for (let made = 0; made < 120; made += 1) {
        const { accessToken } = await gate.tokens.issue({ clientId: CLIENT, subject: JOHN[0] });
        grants.push(grantIdOf(accessToken));
      }
      for (const owner of [{ user: JOHN[0] }, { clientId: CLIENT }]) {
        const found = await collect(gate.tokens.find(owner));
        expect(found.map(({ grantId }) => grantId).sort()).toEqual(grants.toSorted());
      }
      await gate.tokens.revoke({ user: JOHN[0] });
      expect(await collect(gate.tokens.find({ clientId: CLIENT }))).toEqual([]);
    });

    it('S-225 revokes all grants of an organization, and none of another', async () => {
      const gate = await open();
      const { organizations, applications } = gate.gate.directory;
      await organizations.create({ key: 'acme' });
      const { id } = await applications.create({ name: 'App of acme', owner: 'ann@acme' });
      const { clientId } = await applications.generateKeys(id, { environment: 'production' });
      const { accessToken: another } = await gate.tokens.issue({ clientId });
      const { accessToken: own } = await gate.tokens.issue({ clientId: CLIENT });
      const { accessToken: johns } = await gate.tokens.issue({ clientId: CLIENT, subject: JOHN[0] });
      await gate.tokens.revoke({ organization: 'JohnsOrg' });
      for (const token of [own, johns]) await gate.get('/me', token).expect(401);
      await gate.get('/me', another).expect(200);
      await gate.tokens.revoke({ organization: 'unknown' });
      await gate.get('/me', another).expect(200);
    });

    it('omits what has expired: first the access token, then the grant', async () => {
      const gate = await open();
      const { access_token: token } = await gate.signIn(JOHN, 'read');
      await clientToken(gate, APPLICATION);
      const find = () => collect(gate.tokens.find({ clientId: CLIENT }));
      expect(await find()).toHaveLength(2);
      const end = gate.clock.now() + 86_400;
      gate.clock.advance(3_600);
      const [left, ...more] = await find();
      expect(more).toEqual([]);
      expect(left).toMatchObject({ grantId: grantIdOf(token), scopes: ['read'], refreshToken: { expiresAt: end } });
      expect(left).not.toHaveProperty('accessToken');
      gate.clock.advance(82_799.999);
      expect(await find()).toHaveLength(1);
      gate.clock.advance(0.001);
      expect(await find()).toEqual([]);
    });

    it('S-124 returns the scopes of the live access token, and those of the grant if there is none', async () => {
      const gate = await open();
      await refreshed(gate, await gate.signIn(JOHN, 'read update'), 'read');
      const scopes = async () => (await collect(gate.tokens.find({ user: JOHN[0] }))).map((grant) => grant.scopes);
      expect(await scopes()).toEqual([['read']]);
      gate.clock.advance(3_600);
      expect(await scopes()).toEqual([['read', 'update']]);
    });
  });

  describe('with revoke', () => {
    it('S-212 ends a grant by its access token', async () => {
      const gate = await open();
      const ended = await gate.signIn();
      const other = await gate.signIn();
      await gate.tokens.revoke({ token: ended.access_token });
      expect(await opens(gate, ended.access_token)).toBe(false);
      await refusedRefresh(gate, ended.refresh_token);
      expect(await opens(gate, other.access_token)).toBe(true);
      await refreshed(gate, other);
    });

    it('S-212 ends a grant by its refresh token, live or spent, and by its earlier access token', async () => {
      for (const pick of [
        (_first: TokenBody, second: TokenBody) => second.refresh_token,
        (first: TokenBody) => first.refresh_token,
        (first: TokenBody) => first.access_token,
      ]) {
        const gate = await open();
        const first = await gate.signIn();
        const second = await refreshed(gate, first);
        await gate.tokens.revoke({ token: pick(first, second) });
        for (const { access_token: token } of [first, second]) expect(await opens(gate, token)).toBe(false);
        await refusedRefresh(gate, second.refresh_token);
        await refusedRefresh(gate, first.refresh_token);
      }
    });

    it('ends a grant by a refresh token that was spent long ago', async () => {
      const gate = await open();
      const first = await gate.signIn();
      const second = await refreshed(gate, first);
      gate.clock.advance(60);
      const third = await refreshed(gate, second);
      gate.clock.advance(60);
      await gate.tokens.revoke({ token: first.refresh_token });
      expect(await opens(gate, third.access_token)).toBe(false);
      await refusedRefresh(gate, third.refresh_token);
    });

    it('S-213 ends nothing by a token that was never issued, whatever grant it names', async () => {
      const gate = await open();
      const live = await gate.signIn();
      const grantId = grantIdOf(live.access_token);
      const forged = mintRefreshToken(grantId, mintProofKey()).text;
      const changed = altered(live.access_token);
      for (const token of [forged, changed, grantId, 'sga_', 'sgr_', 'garbage', '', '*', 'x'.repeat(10_000)]) {
        await gate.tokens.revoke({ token });
        expect([token, await opens(gate, live.access_token)]).toEqual([token, true]);
      }
      await refreshed(gate, live);
    });

    it('ends one grant by its id, and nothing by an invalid id', async () => {
      const gate = await open();
      const [ended, other] = [await gate.signIn(), await gate.signIn()];
      const grantId = grantIdOf(ended.access_token);
      const ends = jest.fn();
      gate.gate.on('revoke', ends);
      const wrong = ['', '*', grantId.slice(1), `${grantId}x`, `{${grantId}}:a`, '\n'.repeat(16)];
      for (const garbage of ['A'.repeat(16), ...wrong, '__proto__', ended.access_token]) {
        await gate.tokens.revoke({ grantId: garbage });
        expect([garbage, await opens(gate, ended.access_token)]).toEqual([garbage, true]);
      }
      expect(ends).not.toHaveBeenCalled(); // nothing was there to be ended
      await gate.tokens.revoke({ grantId });
      expect(await opens(gate, ended.access_token)).toBe(false);
      await refusedRefresh(gate, ended.refresh_token);
      expect(await opens(gate, other.access_token)).toBe(true);
      await gate.tokens.revoke({ grantId });
    });

    it.each([JOHN[0], 'JOHN@Gmail.Com@johnsorg', 'john@gmail.com@JOHNSORG'])(
      'S-225 S-091 ends all grants of a user, in every spelling of the name: %s',
      async (user) => {
        const gate = await open();
        const { keys } = await aMadeApplication(gate);
        const johns = [await gate.signIn(), await gate.signIn(JOHN, 'read', keys)];
        const janes = await gate.signIn(JANE);
        const own = await clientToken(gate, APPLICATION);
        await gate.tokens.revoke({ user });
        expect(await Promise.all(johns.map(({ access_token: token }) => opens(gate, token)))).toEqual([false, false]);
        await refusedRefresh(gate, johns[0]?.refresh_token ?? '');
        for (const token of [janes.access_token, own.access_token]) expect(await opens(gate, token)).toBe(true);
      },
    );

    it.each(['john@gmail.com', 'john@gmail.com@nowhere', 'nobody@johnsorg', '', '*', CLIENT])(
      'S-102 ends nothing for an unknown user: "%s"',
      async (user) => {
        const gate = await open();
        const tokens = [await gate.signIn(), await clientToken(gate, APPLICATION)];
        await gate.tokens.revoke({ user });
        for (const { access_token: token } of tokens) expect(await opens(gate, token)).toBe(true);
      },
    );

    it('ends nothing if the user is missing in a plain JavaScript call', async () => {
      const gate = aGate({ ...(await freshStore()), users: () => ({ id: 'jack' }) });
      const own = await clientToken(gate, APPLICATION);
      const jacks = await gate.signIn();
      for (const user of [undefined, null] as unknown as readonly string[]) {
        await rejectionOf(gate.gate.tokens.revoke({ user }));
        for (const { access_token: token } of [own, jacks]) expect(await opens(gate, token)).toBe(true);
      }
    });

    it('S-225 ends all grants of a client, those of its users and its own', async () => {
      const gate = await open();
      const { keys } = await aMadeApplication(gate);
      const ended = [await gate.signIn(), await gate.signIn(JANE)];
      const own = await clientToken(gate, APPLICATION);
      const other = await gate.signIn(JOHN, 'read', keys);
      await gate.tokens.revoke({ clientId: CLIENT });
      for (const { access_token: token, refresh_token: spare } of ended) {
        expect(await opens(gate, token)).toBe(false);
        await refusedRefresh(gate, spare);
      }
      expect(await opens(gate, own.access_token)).toBe(false);
      expect(await opens(gate, other.access_token)).toBe(true);
      await gate.tokens.revoke({ clientId: 'nobody' });
      expect(await opens(gate, other.access_token)).toBe(true);
    });
  });
});

describe('gate.tokens on several machines with one Redis', () => {
  it('S-195 refuses immediately what another gate ended, and accepts what another gate issued', async () => {
    const shared = await onRedis();
    const [here, there] = [aGate(shared), aGate(shared)];
    const issue = () => here.gate.tokens.issue({ clientId: CLIENT, subject: JOHN[0], scopes: ['read'] });
    const ways: readonly ((tokens: IssuedTokens) => Promise<void>)[] = [
      ({ accessToken }) => here.gate.tokens.revoke({ token: accessToken }),
      (tokens) => here.gate.tokens.revoke({ token: refreshTokenOf(tokens) }),
      ({ accessToken }) => here.gate.tokens.revoke({ grantId: grantIdOf(accessToken) }),
      () => here.gate.tokens.revoke({ user: JOHN[0] }),
      () => here.gate.tokens.revoke({ clientId: CLIENT }),
    ];
    for (const revoke of ways) {
      const issued = await issue();
      expect(await opens(there, issued.accessToken)).toBe(true);
      expect(await collect(there.gate.tokens.find({ user: JOHN[0] }))).toHaveLength(1);
      await revoke(issued);
      expect(await opens(there, issued.accessToken)).toBe(false);
      await refusedRefresh(there, refreshTokenOf(issued));
      expect(await collect(there.gate.tokens.find({ user: JOHN[0] }))).toEqual([]);
    }
  });
});

describe('gate.tokens.issue', () => {
  it('S-108 rejects scopes that cannot be granted if dropping is disabled', async () => {
    const { gate } = aGate({ ungrantedScopes: 'reject' });
    const invalid = expect.objectContaining({ code: 'invalid_scope' });
    const issue = (order: Partial<ManagedIssue>) => gate.tokens.issue({ clientId: CLIENT, ...order });
    for (const scopes of [['read', 'admin'], ['nobody'], ['read update']]) {
      expect(await rejectionOf(issue({ subject: JOHN[0], scopes }))).toEqual(invalid);
    }
    expect(await rejectionOf(issue({ scopes: ['update'] }))).toEqual(invalid);
    expect(await collect(gate.tokens.find({ clientId: CLIENT }))).toEqual([]);
    expect(await issue({ subject: JOHN[0], scopes: ['update', 'update', 'default'] })).toMatchObject({
      scopes: ['update'],
    });
  });

  it('grants scopes and access to APIs by the subscriptions of the application', async () => {
    const gate = anApiGate();
    const { clientId } = await aMadeApplication(gate, { subscriptions: ['stock'] });
    const scopes = ['read', 'update', 'count'];
    for (const order of [
      { clientId, scopes, subject: JOHN[0] },
      { clientId, scopes },
    ]) {
      const issued = await gate.gate.tokens.issue(order);
      expect(issued.scopes).toEqual(['read', 'count']);
      await gate.get('/stock', issued.accessToken).expect(200);
      await gate.get('/orders', issued.accessToken).expect(403);
    }
  });
});

describe('gate.tokens with external users', () => {
  const verify: VerifyUser = (username) => ({ id: `id-of-${username}`, roles: ['clerk'] });
  const ask = async (users: VerifyUser | UserSource, subject = 'id-of-jack') => {
    const gate = aGate({ users });
    const issue = () => gate.gate.tokens.issue({ clientId: CLIENT, subject, scopes: ['read', 'update'] });
    return { ...gate, issue };
  };

  it('issues for any subject, without roles, if there is no `find`', async () => {
    for (const users of [verify, { verify }]) {
      const { issue, get } = await ask(users, 'anybody at all');
      const issued = await issue();
      expect(issued.scopes).toEqual(['read']);
      expect((await get('/me', issued.accessToken)).body).toMatchObject({
        subject: 'anybody at all',
        organization: 'johnsorg',
      });
    }
  });

  it.each(['', 'a\nb', 'x'.repeat(257)])('refuses an invalid subject: %j', async (subject) => {
    const { issue } = await ask(verify, subject);
    expect(await rejectionOf(issue())).toEqual(notFound);
  });

  it('reads roles through `find`, and rejects if the user is gone or `find` fails', async () => {
    const asked: string[] = [];
    const answers = [{ roles: ['clerk'] }, { roles: [] }, {}, null];
    const { issue } = await ask({
      verify,
      find: (subject) => {
        asked.push(subject);
        if (answers.length === 0) throw new Error('canary');
        return answers.shift() ?? null;
      },
    });
    expect((await issue()).scopes).toEqual(['read', 'update']);
    expect((await issue()).scopes).toEqual(['read']);
    expect((await issue()).scopes).toEqual(['read']);
    expect(await rejectionOf(issue())).toEqual(notFound);
    const failure = await rejectionOf(issue());
    expect(failure).toEqual(expect.objectContaining({ code: 'temporarily_unavailable' }));
    expect(String(failure)).not.toContain('canary');
    expect(asked).toEqual(Array.from({ length: 5 }, () => 'id-of-jack'));
  });

  it('finds and revokes by the exact id that the function returns', async () => {
    const gate = aGate({ users: verify });
    const { access_token: token } = await gate.signIn(['Jack@johnsorg', 'x']);
    const subjects = ['id-of-jack', 'ID-OF-JACK', 'Jack@johnsorg', 'id-of-Jack@johnsorg'];
    for (const user of subjects) {
      await gate.gate.tokens.revoke({ user });
      expect([user, await collect(gate.gate.tokens.find({ user }))]).toEqual([user, []]);
      expect(await opens(gate, token)).toBe(true);
    }
    expect(await collect(gate.gate.tokens.find({ user: 'id-of-Jack' }))).toHaveLength(1);
    await gate.gate.tokens.revoke({ user: 'id-of-Jack' });
    expect(await opens(gate, token)).toBe(false);
  });

  it('S-121 binds an issued grant to its client like any other grant', async () => {
    const gate = aGate({ users: verify, applications: subscribing() });
    const { keys } = await aMadeApplication(gate);
    const issued = await gate.gate.tokens.issue({ clientId: CLIENT, subject: 'id-of-jack' });
    await refusedRefresh(gate, refreshTokenOf(issued), keys);
    await refresh(gate, refreshTokenOf(issued)).expect(200);
  });
});

test.each([
  {},
  { grantId: undefined },
  { token: 7 },
  { user: JOHN[0], clientId: 'key' },
  { grantId: 'x', user: JOHN[0] },
])('gate.tokens.revoke refuses %j, and reports nothing as revoked', async (what) => {
  const { gate, signIn, get } = aGate();
  const { access_token: token } = await signIn();
  await expect(gate.tokens.revoke(what as never)).rejects.toMatchObject({ code: 'ERR_SCOPEGATE_VALUE' });
  await get('/me', token).expect(200);
});
