import type { Test } from 'supertest';
import { endGrant, readTokens } from '../../src/stores/redis/token-scripts';
import type { RedisLike } from 'scopegate';
import { digestOf, mintAccessToken, mintClientSecret } from '../../src/protocol/secrets';
import { mintProofKey, mintRefreshToken, type GrantId } from '../../src/protocol/secrets';
import { clientToken } from '../support/gate/api-gate';
import { anApplication } from '../support/gate/applications';
import { aClock } from '../support/time/clock';
import { everyStore, onRedis } from '../support/stores/every-store';
import { aGate, APPLICATION, JANE, JOHN, type Pair, type TestGate, type TokenBody } from '../support/gate/gate';
import { expectAlive, expectDead, expectRevoked, OTHER, threeApplications } from '../support/tokens/grant-endpoints';
import { RESOURCE_SERVER, revoke } from '../support/tokens/grant-endpoints';
import { recordEvents } from '../support/gate/recorded-events';
import { expectCleanAnswer } from '../support/expect/clean-answer';
import { expectRecovery } from '../support/redis/redis-outage';
import { ownRedis, type OwnRedis } from '../support/redis/redis';
import { aRedis } from '../support/redis/clients';
import { commandsDuring } from '../support/redis/commands';
import { redisWithHook } from '../support/redis/hook';
import { refreshed } from '../support/tokens/refreshing';
import { grantIdOf } from '../support/tokens/tokens';

type Overrides = Parameters<typeof aGate>[0];

const KINDS = ['access_token', 'refresh_token'] as const;
const UNAUTHENTICATED = { status: 401, error: 'invalid_client' } as const;

const grantOf = ({ access_token: token }: TokenBody): GrantId => grantIdOf(token);

/** Tokens with a valid checksum that were never issued, although they name a live grant. */
const forgeriesOf = (tokens: TokenBody): readonly string[] => [
  mintAccessToken(grantOf(tokens)).text,
  mintRefreshToken(grantOf(tokens), mintProofKey()).text,
];

/** Texts that are not tokens: shapes of other systems, and damaged tokens of ours. */
const garbageOf = ({ access_token: access, refresh_token: refresh }: TokenBody): readonly string[] => [
  'x',
  ' ',
  '\0',
  'ä🔑',
  '../../etc/passwd',
  '{"token":1}',
  `Bearer ${access}`,
  ` ${access}`,
  `${access} `,
  access.slice(0, -1),
  `${access}A`,
  access.toUpperCase(),
  access.replace('sga_', 'sgr_'),
  refresh.replace('sgr_', 'sga_'),
  `${access} ${refresh}`,
  access.repeat(200),
];

describe.each(everyStore)('revocation over %s', (_name, freshStore) => {
  const clock = aClock();
  const start = clock.now();
  beforeEach(() => clock.set(start));

  const open = async (overrides: Overrides = {}): Promise<TestGate> =>
    aGate({ ...(await freshStore()), ...threeApplications, clock: clock.now, ...overrides });

  describe("of the client's own token", () => {
    it.each(KINDS)('S-212 S-160 rv-ok: by the %s ends the whole grant, and no other', async (kind) => {
      const gate = await open();
      const [ended, stays, janes] = [await gate.signIn(), await gate.signIn(), await gate.signIn(JANE)];
      expectRevoked(await revoke(gate, ended[kind]));
      await expectDead(gate, ended);
      await expectAlive(gate, stays);
      await expectAlive(gate, janes);
    });

    it.each([10, 0])(
      'S-212 by a spent refresh token ends the grant, with a grace window of %i s',
      async (refreshGrace) => {
        const gate = await open({ tokens: { refreshGrace } });
        const first = await gate.signIn();
        const second = await refreshed(gate, first);
        const third = await refreshed(gate, second);
        expectRevoked(await revoke(gate, first.refresh_token));
        for (const tokens of [third, second, first]) await expectDead(gate, tokens);
      },
    );

    it.each([10, 0])(
      'S-212 by the earlier access token ends the grant, with a grace window of %i s',
      async (refreshGrace) => {
        const gate = await open({ tokens: { refreshGrace } });
        const first = await gate.signIn();
        const second = await refreshed(gate, first);
        expectRevoked(await revoke(gate, first.access_token));
        for (const tokens of [second, first]) await expectDead(gate, tokens);
      },
    );

    it("S-212 of a client's own token ends that token alone", async () => {
      const gate = await open();
      const [ended, stays] = [await clientToken(gate, APPLICATION), await clientToken(gate, APPLICATION)];
      expectRevoked(await revoke(gate, ended.access_token));
      await gate.get('/me', ended.access_token).expect(401);
      await gate.get('/me', stays.access_token).expect(200);
    });

    const hints = ['access_token', 'refresh_token', 'ACCESS_TOKEN', 'id_token', 'pat', '"', '\r\n', '__proto__', ''];

    it.each(KINDS)('S-214 rv-hint: finds the %s with every hint, right, wrong, unknown or none', async (kind) => {
      const gate = await open();
      for (const question of [{}, ...hints.map((hint) => ({ hint }))]) {
        const tokens = await gate.signIn();
        expectRevoked(await revoke(gate, tokens[kind], question));
        await expectDead(gate, tokens);
      }
    });

    it.each(KINDS)(
      'S-219 rv-ttl0: of the %s in its last millisecond, or just after it, persists when a clock is set back',
      async (kind) => {
        for (const at of [99.999, 100, 100.001]) {
          clock.set(start);
          const gate = await open({ tokens: { accessTokenLifetime: 100, refreshTokenLifetime: 100 } });
          const tokens = await gate.signIn();
          clock.set(start + at);
          expectRevoked(await revoke(gate, tokens[kind]));
          clock.set(start + 99);
          await expectDead(gate, tokens);
        }
      },
    );
  });

  describe('of a token that is not live', () => {
    it('S-213 rv-unknown: succeeds each time for a token that was revoked before', async () => {
      const gate = await open();
      for (const kind of KINDS) {
        const tokens = await gate.signIn();
        for (const again of [kind, ...KINDS]) expectRevoked(await revoke(gate, tokens[again]));
        await expectDead(gate, tokens);
      }
    });

    it('S-213 succeeds for an expired token', async () => {
      const gate = await open({ tokens: { accessTokenLifetime: 100, refreshTokenLifetime: 200 } });
      const tokens = await gate.signIn();
      clock.advance(100);
      expectRevoked(await revoke(gate, tokens.access_token));
      clock.advance(100);
      for (const kind of KINDS) expectRevoked(await revoke(gate, tokens[kind]));
    });

    it('S-213 S-224 succeeds for a token that was never issued, reveals nothing, and ends nothing', async () => {
      const gate = await open();
      const events = recordEvents(gate.gate);
      const [tokens, others] = [await gate.signIn(), await gate.signIn(JOHN, 'read', OTHER)];
      events.splice(0);
      const elsewhere = await aGate().signIn();
      const guesses = [
        ...forgeriesOf(tokens),
        ...forgeriesOf(others),
        ...forgeriesOf(elsewhere),
        elsewhere.access_token,
        elsewhere.refresh_token,
        ...garbageOf(tokens),
      ];
      for (const guess of guesses) expectRevoked(await revoke(gate, guess));
      expect(events).toEqual([]);
      await expectAlive(gate, tokens);
      await gate.get('/me', others.access_token).expect(200);
    });

    it('S-226 rv-unsup: succeeds for tokens of a kind that is not issued here', async () => {
      const gate = await open();
      const tokens = await gate.signIn();
      const others = [
        'eyJhbGciOiJub25lIn0.eyJzdWIiOiJqb2huIn0.',
        '3f29ab51-97d0-4c33-8f0c-a9f8a2a3e4de',
        mintClientSecret(),
        grantOf(tokens),
        digestOf(tokens.access_token),
        APPLICATION[0],
        JOHN[0],
      ];
      for (const token of others) expectRevoked(await revoke(gate, token, { hint: 'id_token' }));
      await expectAlive(gate, tokens);
    });
  });

  describe('by another client', () => {
    it.each([
      ['another application', OTHER],
      ['a resource server, which may introspect it', RESOURCE_SERVER],
    ] as const)('S-215 rv-other: is refused to %s, and the tokens stay alive', async (_who, credentials) => {
      const gate = await open();
      const first = await gate.signIn();
      const second = await refreshed(gate, first);
      const texts = [...new Set([first, second].flatMap((tokens) => KINDS.map((kind) => tokens[kind])))];
      for (const token of texts) {
        const answer = await revoke(gate, token, { credentials });
        expectCleanAnswer(answer, { status: 400, error: 'unauthorized_client', without: texts });
      }
      await expectAlive(gate, second);
      // It ends for the one to whom it was issued, and is unknown to everybody from then on.
      expectRevoked(await revoke(gate, second.access_token));
      for (const token of texts) expectRevoked(await revoke(gate, token, { credentials }));
    });

    it('S-215 is refused to another key pair of the same application', async () => {
      const gate = await open();
      const { id, keys } = await anApplication(gate);
      const { clientId, clientSecret } = await gate.gate.directory.applications.generateKeys(id, {
        environment: 'sandbox',
      });
      const sandboxKeys: Pair = [clientId, clientSecret];
      const tokens = await gate.signIn(JOHN, 'read', keys);
      const answer = await revoke(gate, tokens.access_token, { credentials: sandboxKeys });
      expectCleanAnswer(answer, { status: 400, error: 'unauthorized_client' });
      await gate.get('/me', tokens.access_token).expect(200);
    });

    it.each<[string, Pair | null]>([
      ['a request without credentials', null],
      ['a wrong secret', [APPLICATION[0], 'wrong']],
      ['no secret', [APPLICATION[0], '']],
      ['the secret of another', [APPLICATION[0], OTHER[1]]],
      ['an unknown client', ['nobody', APPLICATION[1]]],
    ])(
      'S-216 S-160 S-161 rv-noauth: is answered 401 for %s, whatever the token, and the tokens stay alive',
      async (_who, credentials) => {
        const gate = await open();
        const tokens = await gate.signIn();
        const answers: string[] = [];
        for (const token of [tokens.access_token, tokens.refresh_token, ...forgeriesOf(tokens), 'x']) {
          const answer = await revoke(gate, token, { credentials });
          expectCleanAnswer(answer, UNAUTHENTICATED);
          expect(answer.headers).toHaveProperty('www-authenticate', 'Basic realm="127.0.0.1", charset="UTF-8"');
          answers.push(answer.text);
        }
        expectCleanAnswer(await gate.postTo('/revoke', {}, credentials), UNAUTHENTICATED);
        expect(new Set(answers).size).toBe(1);
        await expectAlive(gate, tokens);
      },
    );

    it('S-216 is answered 401 for a disabled client and for a Bearer token', async () => {
      const gate = await open();
      const { id, keys } = await anApplication(gate);
      const tokens = await gate.signIn();
      await gate.gate.directory.applications.disable(id);
      expectCleanAnswer(await revoke(gate, tokens.access_token, { credentials: keys }), UNAUTHENTICATED);
      const byItself = revoke(gate, tokens.access_token, { credentials: null });
      expectCleanAnswer(await byItself.auth(tokens.access_token, { type: 'bearer' }), UNAUTHENTICATED);
      await expectAlive(gate, tokens);
    });

    it('S-077 S-216 throttles guesses of the secret', async () => {
      const gate = await open({ throttle: { clientAndAddress: { failures: 2 } } });
      const tokens = await gate.signIn();
      const guess = (): Test => revoke(gate, tokens.access_token, { credentials: [APPLICATION[0], 'wrong'] });
      for (let count = 0; count < 2; count += 1) expectCleanAnswer(await guess(), UNAUTHENTICATED);
      const refused = await guess();
      expectCleanAnswer(refused, { status: 429, error: 'invalid_request' });
      expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
      await gate.get('/me', tokens.access_token).expect(200);
    });
  });
});

describe('a revocation while Redis fails', () => {
  it.each<[string, (own: OwnRedis) => unknown]>([
    ['is dead', (own) => own.stop()],
    ['hangs', (own) => own.pause()],
  ])('S-218 S-160 rv-storefail: is answered 503 with Retry-After when Redis %s, never 200', async (_how, takeAway) => {
    const own = await ownRedis();
    const gate = aGate({ redis: aRedis({}, own.url), ...threeApplications, deadline: 250 });
    const tokens = await gate.signIn();
    await takeAway(own);
    const attempts = [
      ...KINDS.map((kind) => revoke(gate, tokens[kind])),
      ...KINDS.map((kind) => revoke(gate, tokens[kind], { credentials: OTHER })),
      ...forgeriesOf(tokens).map((token) => revoke(gate, token)),
    ];
    for (const answer of await Promise.all(attempts)) {
      expectCleanAnswer(answer, { status: 503, error: 'temporarily_unavailable' });
    }
  });

  it('S-218 is completed by the repeat after recovery', async () => {
    const own = await ownRedis();
    const gate = aGate({ redis: aRedis({}, own.url), deadline: 250 });
    const tokens = await gate.signIn();
    own.pause();
    await revoke(gate, tokens.refresh_token).expect(503);
    own.resume();
    await expectRecovery(() => revoke(gate, tokens.refresh_token));
    await expectDead(gate, tokens);
  });

  it.each([
    ['access_token', 'the read'],
    ['access_token', 'the ending'],
    ['refresh_token', 'the read'],
    ['refresh_token', 'the ending'],
  ] as const)(
    'S-218 is answered 503 for the %s when the reply to %s is lost, and the repeat is safe',
    async (kind, command) => {
      const { redis, ...store } = await onRedis();
      const elsewhere = aGate({ redis, ...store, cache: false });
      const lost = command === 'the ending' ? endGrant : readTokens;
      const isLost = ([sent, script]: readonly unknown[]): boolean => sent === 'evalsha' && script === lost.sha;
      const lossy = redisWithHook(redis as RedisLike & object, isLost, () => Promise.reject(new Error('reset')));
      const gate = aGate({ redis: lossy, ...store });
      const tokens = await elsewhere.signIn();
      expectCleanAnswer(await revoke(gate, tokens[kind]), { status: 503, error: 'temporarily_unavailable' });
      await elsewhere.get('/me', tokens.access_token).expect(command === 'the ending' ? 401 : 200);
      expectRevoked(await revoke(gate, tokens[kind]));
      await expectDead(elsewhere, tokens);
    },
  );

  it('S-224 rv-scan: reads nothing but the client and its organization for a text that is not a token', async () => {
    const own = await ownRedis();
    const gate = aGate({ redis: aRedis({}, own.url), cache: false });
    const tokens = await gate.signIn();
    const garbage = garbageOf(tokens);
    const guesses = async () => {
      for (const guess of garbage) expectRevoked(await revoke(gate, guess));
    };
    expect(await commandsDuring(await own.client(), guesses)).toEqual({ hget: 3 * garbage.length });
    expect(await commandsDuring(await own.client(), () => revoke(gate, tokens.access_token))).not.toEqual({});
  });
});
