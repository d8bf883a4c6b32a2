import type { RedisLike } from 'scopegate';
import type { Response } from 'supertest';
import { readTokens } from '../../src/stores/redis/token-scripts';
import { anApplication } from '../support/gate/applications';
import { expectEndedWithinBound } from '../support/gate/cached-gate';
import { onRedis } from '../support/stores/every-store';
import { aGate, type Pair, type TestGate, type TokenBody } from '../support/gate/gate';
import { expectDead, expectInactive, expectRevoked, introspect, revoke } from '../support/tokens/grant-endpoints';
import { randomPrefix } from '../support/redis/redis';
import { aRedis } from '../support/redis/clients';
import { storedGrants } from '../support/redis/stored-grants';
import { redisWithHook } from '../support/redis/hook';
import { refresh } from '../support/tokens/refreshing';
import { countSteps, interleave, interleavings, SteppedRedis, type Act } from '../support/redis/stepped-redis';
import { grantIdOf } from '../support/tokens/tokens';
import { deferred } from '../support/time/deferred';
import { nextTurn } from '../support/time/waiting';

// Each test runs a request and its end in some fifty orders: the time-out ends what hangs, not what a busy machine slows.
jest.setTimeout(120_000);

interface Harness {
  /** Serves the client that refreshes. */
  readonly one: TestGate;
  /** Revokes, on another machine. */
  readonly other: TestGate;
  /** A third, which nothing holds up. */
  readonly onlooker: TestGate;
  readonly steppers: { readonly one: SteppedRedis; readonly other: SteppedRedis };
  readonly stored: ReturnType<typeof storedGrants>;
}

/** Three gates on one Redis, two of them stepped. */
const aHarness = async (refreshGrace: number): Promise<Harness> => {
  const prefix = randomPrefix();
  const steppers = { one: new SteppedRedis(), other: new SteppedRedis() };
  const redis = aRedis();
  const limits = { applicationsPerUser: false } as const; // each round has an application
  const options = { prefix, throttle: false, limits, deadline: 5_000, tokens: { refreshGrace } } as const;
  const harness = {
    one: aGate({ ...options, redis: steppers.one.clientOf(aRedis()) }),
    other: aGate({ ...options, redis: steppers.other.clientOf(aRedis()) }),
    onlooker: aGate({ ...options, redis }),
    steppers,
    stored: storedGrants(redis, prefix),
  };
  await Promise.all([harness.one, harness.other, harness.onlooker].map(({ gate }) => gate.ready()));
  return harness;
};

/** Owners of the tokens that are revoked, so that rounds do not affect each other. */
interface Round {
  readonly user: Pair;
  readonly keys: Pair;
  readonly before: TokenBody;
}

let made = 0;

const aRound = async (harness: Harness): Promise<Round> => {
  const { users } = harness.onlooker.gate.directory;
  const username = `alice${(made += 1)}`;
  await users.create({ username, organization: 'johnsorg', password: 'alice-password', roles: ['clerk'] });
  const user: Pair = [`${username}@johnsorg`, 'alice-password'];
  const { keys } = await anApplication(harness.onlooker);
  return { user, keys, before: await harness.onlooker.signIn(user, 'read update', keys) };
};

type Revoke = (gate: TestGate, round: Round) => Promise<unknown>;

const byRequest =
  (kind: 'access_token' | 'refresh_token'): Revoke =>
  async (gate, { before, keys }) =>
    expectRevoked(await revoke(gate, before[kind], { credentials: keys }));

type Way = readonly [what: string, refreshGrace: number, end: Revoke];

/** Without a grace window and with the usual one. */
const withGraces = (ways: readonly (readonly [what: string, end: Revoke])[]): readonly Way[] =>
  ways.flatMap(([what, end]): readonly Way[] => [
    [what, 0, end],
    [what, 10, end],
  ]);

const byAccessToken = withGraces([
  ['access token, at the endpoint,', byRequest('access_token')],
  ['access token, by management,', ({ gate }, { before }) => gate.tokens.revoke({ token: before.access_token })],
]);

const otherwise = withGraces([
  ['refresh token, at the endpoint,', byRequest('refresh_token')],
  ['refresh token, by management,', ({ gate }, { before }) => gate.tokens.revoke({ token: before.refresh_token })],
  ['grant', ({ gate }, { before }) => gate.tokens.revoke({ grantId: grantIdOf(before.access_token) })],
  ['user', ({ gate }, { user }) => gate.tokens.revoke({ user: user[0] })],
  ['client', ({ gate }, { keys }) => gate.tokens.revoke({ clientId: keys[0] })],
]);

const tokensIn = ({ status, body }: Response): readonly TokenBody[] => (status === 200 ? [body as TokenBody] : []);

/** What remains of a grant after its revocation: tokens in Redis, and tokens that are still accepted. */
const leftOf = async ({ onlooker, stored }: Harness, pairs: readonly TokenBody[]): Promise<readonly string[]> => {
  const left: string[] = [];
  for (const { access_token: token } of pairs) {
    const { status } = await onlooker.get('/me', token);
    if (status !== 401) left.push(`access token: ${status}`);
    left.push(...(await stored.liveOf(grantIdOf(token))));
  }
  return left;
};

/** Lets the event loop go round some times, so that requests meet each other at other points. */
const turns = async (count: number): Promise<void> => {
  for (let turn = 0; turn < count; turn += 1) await nextTurn();
};

/** Concurrent rounds in no defined order; returns what each has left. */
const rounds = async (harness: Harness, run: (round: Round, index: number) => Promise<readonly TokenBody[]>) => {
  const left = Array.from({ length: 40 }, async (_, index) => {
    const round = await aRound(harness);
    return leftOf(harness, [round.before, ...(await run(round, index))]);
  });
  return (await Promise.all(left)).flat();
};

describe('S-221 rv-race: a revocation', () => {
  /** More orders than this are sampled, evenly. */
  const MAX_ORDERS = 50;

  it.each([...byAccessToken, ...otherwise])(
    'by the %s leaves no live token during a refresh, with a grace window of %i s, in any order of Redis commands',
    async (_what, refreshGrace, end) => {
      const harness = await aHarness(refreshGrace);
      const answers: Response[] = [];
      const refreshing = ({ before, keys }: Round): Act => ({
        stepped: harness.steppers.one,
        run: async () => answers.push(await refresh(harness.one, before.refresh_token, undefined, keys)),
      });
      const ending = (round: Round): Act => ({ stepped: harness.steppers.other, run: () => end(harness.other, round) });
      const steps = [
        await countSteps(refreshing(await aRound(harness))),
        await countSteps(ending(await aRound(harness))),
      ] as const;

      const all = interleavings(...steps);
      const stride = Math.ceil(all.length / MAX_ORDERS);
      const statuses = new Set<number>();
      const found: string[] = [];
      for (const order of all.filter((_order, index) => index % stride === 0)) {
        const round = await aRound(harness);
        answers.splice(0);
        await interleave(order, refreshing(round), ending(round));
        const left = await leftOf(harness, [round.before, ...answers.flatMap(tokensIn)]);
        if (left.length > 0) found.push(`${order.join('')}: ${left.join(', ')}`);
        for (const { status } of answers) statuses.add(status);
      }
      expect(found).toEqual([]);
      // Some orders let the refresh win and some the revocation, or this has shown nothing.
      expect(statuses).toEqual(new Set([200, 400]));
    },
  );

  it.each(otherwise)(
    'by the %s leaves no live token of a client that refreshes continuously, with a grace window of %i s',
    async (_what, refreshGrace, end) => {
      const harness = await aHarness(refreshGrace);
      const left = await rounds(harness, async (round, index) => {
        const chain: TokenBody[] = [];
        let revoking: 'not yet' | 'begun' | 'answered' = 'not yet';
        const hasRefreshed = deferred();
        const client = async (): Promise<void> => {
          let { refresh_token: token } = round.before;
          // Its last refresh begins after the revocation has been answered.
          for (let isLast = false; !isLast;) {
            if (chain.length >= index % 4) hasRefreshed.resolve();
            isLast = revoking === 'answered';
            const [tokens] = tokensIn(await refresh(harness.one, token, undefined, round.keys));
            if (tokens === undefined && revoking !== 'not yet') return;
            if (tokens === undefined) throw new Error('a refresh was refused before the revocation');
            chain.push(tokens);
            token = tokens.refresh_token;
          }
          throw new Error('a refresh was answered after the revocation');
        };
        const ending = async (): Promise<void> => {
          await hasRefreshed.promise;
          await turns(index % 9);
          revoking = 'begun';
          await end(harness.other, round);
          revoking = 'answered';
        };
        await Promise.all([client(), ending()]);
        return chain;
      });
      expect(left).toEqual([]);
    },
  );

  it.each([...byAccessToken, ...otherwise].filter(([what]) => /endpoint|user/.test(what)))(
    'by the %s leaves no live token after five concurrent refreshes, with a grace window of %i s',
    async (_what, refreshGrace, end) => {
      const harness = await aHarness(refreshGrace);
      const left = await rounds(harness, async (round, index) => {
        const { before, keys } = round;
        const gates = [harness.one, harness.onlooker, harness.one, harness.onlooker, harness.one];
        const ending = turns(index % 10).then(() => end(harness.other, round));
        const answers = await Promise.all(gates.map((gate) => refresh(gate, before.refresh_token, undefined, keys)));
        await ending;
        return answers.flatMap(tokensIn);
      });
      expect(left).toEqual([]);
    },
  );

  it.each([0, 10])(
    'of both tokens and the earlier one, sent concurrently, leaves no live token: grace window %i s',
    async (refreshGrace) => {
      const harness = await aHarness(refreshGrace);
      const left = await rounds(harness, async ({ before, keys }) => {
        const [after] = tokensIn(await refresh(harness.one, before.refresh_token, undefined, keys));
        if (after === undefined) throw new Error('there was no refresh');
        const texts = [before, after].flatMap((tokens) => [tokens.access_token, tokens.refresh_token]);
        const gates = [harness.one, harness.other, harness.onlooker, harness.one] as const;
        const answers = gates.map((gate, index) => revoke(gate, texts[index] ?? '', { credentials: keys }));
        for (const answer of await Promise.all(answers)) expectRevoked(answer);
        return [after];
      });
      expect(left).toEqual([]);
    },
  );
});

describe('a revocation on one machine', () => {
  it.each(['access_token', 'refresh_token'] as const)(
    'S-220 rv-cascade: by the %s reaches all others within the bound, even if they have just served the token',
    async (kind) => {
      const shared = await onRedis();
      const gates = [aGate(shared), aGate(shared), aGate(shared)] as const;
      for (const revoking of gates) {
        const tokens = await revoking.signIn();
        for (const gate of gates) {
          for (let count = 0; count < 3; count += 1) await gate.get('/me', tokens.access_token).expect(200);
        }
        expectRevoked(await revoke(revoking, tokens[kind]));
        await revoking.get('/me', tokens.access_token).expect(401); // its own memory is cleared before it answers
        await expectEndedWithinBound(tokens.access_token, ...gates);
        for (const gate of gates) await expectDead(gate, tokens);
      }
    },
  );

  it.each(['/me', '/introspect'])(
    'S-222 rv-race-cache: prevents another machine from caching a token that Redis is returning: %s',
    async (path) => {
      const { redis, ...store } = await onRedis();
      const elsewhere = aGate({ redis, ...store });
      const tokens = await elsewhere.signIn();
      const isRead = ([, script]: readonly unknown[]): boolean => script === readTokens.sha;
      const late = redisWithHook(redis as RedisLike & object, isRead, async () => {
        expectRevoked(await revoke(elsewhere, tokens.refresh_token));
      });
      const gate = aGate({ redis: late, ...store });
      const ask = () => (path === '/me' ? gate.get(path, tokens.access_token) : introspect(gate, tokens.access_token));
      // Redis had returned it as live before it was revoked, so the first request may succeed.
      const { status } = await ask();
      expect(status).toBe(200);
      for (let count = 0; count < 3; count += 1) {
        if (path === '/me') await ask().expect(401);
        else expectInactive(await ask());
      }
    },
  );
});
