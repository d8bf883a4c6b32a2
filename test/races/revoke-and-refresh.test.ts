import type { Redis } from 'ioredis';
import type { Response } from 'supertest';
import { aGate, APPLICATION, JOHN, type Pair, type TestGate, type TokenBody } from '../support/gate/gate';
import { randomPrefix } from '../support/redis/redis';
import { aRedis } from '../support/redis/clients';
import { refresh } from '../support/tokens/refreshing';
import { countSteps, interleave, interleavings, Turnstile, type Act } from '../support/redis/stepped-redis';

// Each test runs a request and its end in some fifty orders: the time-out ends what hangs, not what a busy machine slows.
jest.setTimeout(120_000);

interface Rig {
  /** Serves the client. */
  readonly one: TestGate;
  /** Manages, on another machine. */
  readonly other: TestGate;
  /** A third, which nothing holds up. */
  readonly onlooker: TestGate & { readonly redis: Redis; readonly prefix: string };
  readonly turnstiles: { readonly one: Turnstile; readonly other: Turnstile };
}

/** Three gates on one Redis, two of them behind turnstiles. */
const aRig = async (): Promise<Rig> => {
  const prefix = randomPrefix();
  const turnstiles = { one: new Turnstile(), other: new Turnstile() };
  const redis = aRedis();
  const options = { prefix, throttle: false, deadline: 5_000 } as const;
  const rig = {
    one: aGate({ ...options, redis: turnstiles.one.clientOf(aRedis()) }),
    other: aGate({ ...options, redis: turnstiles.other.clientOf(aRedis()) }),
    onlooker: { ...aGate({ ...options, redis }), redis, prefix },
    turnstiles,
  };
  await Promise.all([rig.one, rig.other, rig.onlooker].map(({ gate }) => gate.ready()));
  return rig;
};

const tokensIn = ({ status, body }: Response): TokenBody | undefined =>
  status === 200 ? (body as TokenBody) : undefined;

/** One order of steps. It changes only its own records, so that rounds do not affect each other. */
interface Round {
  readonly user: Pair;
  readonly keys: Pair;
  readonly applicationId: string;
  readonly secretId: string;
  readonly before: TokenBody;
  answer?: Response;
}

type NewRound = (rig: Rig) => Promise<Round>;

let made = 0;

const ofANewUser: NewRound = async ({ onlooker }) => {
  const username = `alice${(made += 1)}`;
  const { users } = onlooker.gate.directory;
  await users.create({ username, organization: 'johnsorg', password: 'alice-password', roles: ['clerk'] });
  const user: Pair = [`${username}@johnsorg`, 'alice-password'];
  const before = await onlooker.signIn(user, 'read update');
  return { user, keys: APPLICATION, applicationId: '', secretId: '', before };
};

const ofANewApplication: NewRound = async ({ onlooker }) => {
  const { applications } = onlooker.gate.directory;
  const { id } = await applications.create({ name: 'App', owner: JOHN[0] });
  const { clientId, clientSecret, secretId } = await applications.generateKeys(id, { environment: 'production' });
  const keys: Pair = [clientId, clientSecret];
  const before = await onlooker.signIn(JOHN, 'read update', keys);
  return { user: JOHN, keys, applicationId: id, secretId, before };
};

const ofANewOrganization: NewRound = async ({ onlooker }) => {
  const organization = `org${(made += 1)}`;
  const { organizations, users, applications } = onlooker.gate.directory;
  await organizations.create({ key: organization });
  await users.create({ username: 'alice', organization, password: 'alice-password', roles: ['clerk'] });
  const user: Pair = [`alice@${organization}`, 'alice-password'];
  const { id } = await applications.create({ name: 'App', owner: user[0] });
  const { clientId, clientSecret, secretId } = await applications.generateKeys(id, { environment: 'production' });
  const keys: Pair = [clientId, clientSecret];
  return { user, keys, applicationId: id, secretId, before: await onlooker.signIn(user, 'read update', keys) };
};

/** Tokens that open anything still. */
const alive = async ({ onlooker }: Rig, pairs: readonly (TokenBody | undefined)[]): Promise<readonly string[]> => {
  const living: string[] = [];
  for (const pair of pairs) {
    if (pair === undefined) continue;
    if ((await onlooker.get('/me', pair.access_token)).status !== 401) living.push('access');
    const key = `{${pair.refresh_token.slice(4, 20)}}:r`;
    if ((await onlooker.redis.exists(onlooker.prefix + key)) === 1) living.push('refresh');
  }
  return living;
};

const aRefresh = (rig: Rig, round: Round): Act => ({
  turnstile: rig.turnstiles.one,
  run: async () => {
    round.answer = await refresh(rig.one, round.before.refresh_token, undefined, round.keys);
  },
});

const aSignIn = (rig: Rig, round: Round): Act => ({
  turnstile: rig.turnstiles.one,
  run: async () => {
    const [username, password] = round.user;
    round.answer = await rig.one.token(
      { grant_type: 'password', username, password, scope: 'read update' },
      round.keys,
    );
  },
});

type Ending = (rig: Rig, round: Round) => Act;

type Directory = TestGate['gate']['directory'];

const ending =
  (end: (directory: Directory, round: Round) => Promise<unknown>): Ending =>
  (rig, round) => ({ turnstile: rig.turnstiles.other, run: () => end(rig.other.gate.directory, round) });

const endings: readonly (readonly [what: string, round: NewRound, ending: Ending])[] = [
  ['the user is disabled', ofANewUser, ending(({ users }, { user: [name] }) => users.disable(name))],
  [
    'the user gets a new password',
    ofANewUser,
    ending(({ users }, { user: [name] }) => users.setPassword(name, 'new-password')),
  ],
  ['the user is removed', ofANewUser, ending(({ users }, { user: [name] }) => users.remove(name))],
  [
    'the application is disabled',
    ofANewApplication,
    ending(({ applications }, { applicationId }) => applications.disable(applicationId)),
  ],
  [
    'its secret is deleted',
    ofANewApplication,
    ending(({ applications }, { applicationId, secretId }) => applications.revokeSecret(applicationId, secretId)),
  ],
  [
    'the organization is disabled',
    ofANewOrganization,
    ending(({ organizations }, { user: [name] }) => organizations.disable(name.slice('alice@'.length))),
  ],
];

const withoutRoles = ending(({ users }, { user: [name] }) => users.setRoles(name, []));

/** More orders than this are sampled, evenly. */
const MAX_ORDERS = 70;

/** Runs both acts in every order in which their steps can reach Redis, and gives what was found alive, by order. */
const everyOrder = async (
  aRound: NewRound,
  asking: (rig: Rig, round: Round) => Act,
  changing: Ending,
  look: (rig: Rig, round: Round) => Promise<readonly string[]>,
): Promise<{ readonly orders: number; readonly found: readonly string[] }> => {
  const rig = await aRig();
  const askingAlone = await countSteps(asking(rig, await aRound(rig)));
  const changingAlone = await countSteps(changing(rig, await aRound(rig)));
  const all = interleavings(askingAlone, changingAlone);
  const stride = Math.ceil(all.length / MAX_ORDERS);
  const orders = all.filter((_order, index) => index % stride === 0);
  const found: string[] = [];
  for (const order of orders) {
    const round = await aRound(rig);
    await interleave(order, asking(rig, round), changing(rig, round));
    const living = await look(rig, round);
    if (living.length > 0) found.push(`${order.join('')}: ${living.join(', ')}`);
  }
  return { orders: orders.length, found };
};

const nothingAlive = (rig: Rig, { before, answer }: Round) => alive(rig, [before, answer && tokensIn(answer)]);

const nothingNewAlive = (rig: Rig, { answer }: Round) => alive(rig, [answer && tokensIn(answer)]);

/** Access tokens that still carry what was taken away. */
const nothingOfTheRole = async ({ onlooker }: Rig, { before, answer }: Round): Promise<readonly string[]> => {
  const living: string[] = [];
  for (const pair of [before, answer && tokensIn(answer)]) {
    if (pair !== undefined && (await onlooker.put('/orders/1', pair.access_token)).status === 200)
      living.push('update');
  }
  return living;
};

describe('S-221 a refresh in flight', () => {
  it.each(endings)(
    'leaves no live token when %s, in any order of their Redis commands',
    async (_what, aRound, change) => {
      const { orders, found } = await everyOrder(aRound, aRefresh, change, nothingAlive);
      expect(found).toEqual([]);
      expect(orders).toBeGreaterThan(10);
    },
  );

  it('grants no role that is removed, in any order of their Redis commands', async () => {
    const { found } = await everyOrder(ofANewUser, aRefresh, withoutRoles, nothingOfTheRole);
    expect(found).toEqual([]);
  });
});

describe('a sign-in in flight', () => {
  it.each(endings)(
    'leaves no live token when %s, in any order of their Redis commands',
    async (_what, aRound, change) => {
      const { orders, found } = await everyOrder(aRound, aSignIn, change, nothingNewAlive);
      expect(found).toEqual([]);
      expect(orders).toBeGreaterThan(10);
    },
  );

  it('grants no role that is removed, in any order of their Redis commands', async () => {
    const { found } = await everyOrder(ofANewUser, aSignIn, withoutRoles, nothingOfTheRole);
    expect(found).toEqual([]);
  });
});

it('S-221 concurrent refreshes, sign-ins and revocations leave no live token in unordered rounds', async () => {
  const rig = await aRig();
  const rounds = Array.from({ length: 40 }, async (_, index) => {
    const { user, keys, before } = await ofANewUser(rig);
    const { users: directory } = rig.other.gate.directory;
    const end = async () => {
      for (let tick = 0; tick < index % 8; tick += 1) await new Promise(setImmediate);
      await (index % 2 === 0 ? directory.disable(user[0]) : directory.setPassword(user[0], 'another-password'));
    };
    const [first, second] = await Promise.all([
      refresh(rig.one, before.refresh_token, undefined, keys),
      refresh(rig.onlooker, before.refresh_token, undefined, keys),
      end(),
    ]);
    return alive(rig, [before, tokensIn(first), tokensIn(second)]);
  });
  expect((await Promise.all(rounds)).flat()).toEqual([]);
});
