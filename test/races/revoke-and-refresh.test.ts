import type { Response } from 'supertest';
import { aGate, APPLICATION, JOHN, type Pair, type TestGate, type TokenBody } from '../support/gate/gate';
import { randomPrefix } from '../support/redis/redis';
import { aRedis } from '../support/redis/clients';
import { storedGrants } from '../support/redis/stored-grants';
import { refresh } from '../support/tokens/refreshing';
import { countSteps, interleave, interleavings, SteppedRedis, type Act } from '../support/redis/stepped-redis';
import { passwordForm } from '../support/tokens/forms';
import { grantIdOf } from '../support/tokens/tokens';
import { nextTurn } from '../support/time/waiting';

// Each test runs a request and its end in some fifty orders: the time-out ends what hangs, not what a busy machine slows.
jest.setTimeout(120_000);

interface Harness {
  /** Serves the client. */
  readonly one: TestGate;
  /** Manages, on another machine. */
  readonly other: TestGate;
  /** A third, which nothing holds up. */
  readonly onlooker: TestGate & { readonly stored: ReturnType<typeof storedGrants> };
  readonly steppers: { readonly one: SteppedRedis; readonly other: SteppedRedis };
}

/** Three gates on one Redis, two of them stepped. */
const aHarness = async (): Promise<Harness> => {
  const prefix = randomPrefix();
  const steppers = { one: new SteppedRedis(), other: new SteppedRedis() };
  const redis = aRedis();
  const limits = { applicationsPerUser: false } as const; // each order has an application
  const options = { prefix, throttle: false, limits, deadline: 5_000 } as const;
  const harness = {
    one: aGate({ ...options, redis: steppers.one.clientOf(aRedis()) }),
    other: aGate({ ...options, redis: steppers.other.clientOf(aRedis()) }),
    onlooker: { ...aGate({ ...options, redis }), stored: storedGrants(redis, prefix) },
    steppers,
  };
  await Promise.all([harness.one, harness.other, harness.onlooker].map(({ gate }) => gate.ready()));
  return harness;
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

type NewRound = (harness: Harness) => Promise<Round>;

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
const alive = async ({ onlooker }: Harness, pairs: readonly (TokenBody | undefined)[]): Promise<readonly string[]> => {
  const living: string[] = [];
  for (const pair of pairs) {
    if (pair === undefined) continue;
    if ((await onlooker.get('/me', pair.access_token)).status !== 401) living.push('access');
    if ((await onlooker.stored.liveOf(grantIdOf(pair.refresh_token))).includes('refresh')) living.push('refresh');
  }
  return living;
};

const aRefresh = (harness: Harness, round: Round): Act => ({
  stepped: harness.steppers.one,
  run: async () => {
    round.answer = await refresh(harness.one, round.before.refresh_token, undefined, round.keys);
  },
});

const aSignIn = (harness: Harness, round: Round): Act => ({
  stepped: harness.steppers.one,
  run: async () => {
    const [username, password] = round.user;
    round.answer = await harness.one.token(passwordForm([username, password], 'read update'), round.keys);
  },
});

type Ending = (harness: Harness, round: Round) => Act;

type Directory = TestGate['gate']['directory'];

const ending =
  (end: (directory: Directory, round: Round) => Promise<unknown>): Ending =>
  (harness, round) => ({ stepped: harness.steppers.other, run: () => end(harness.other.gate.directory, round) });

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
  asking: (harness: Harness, round: Round) => Act,
  changing: Ending,
  look: (harness: Harness, round: Round) => Promise<readonly string[]>,
): Promise<{ readonly orders: number; readonly found: readonly string[] }> => {
  const harness = await aHarness();
  const askingAlone = await countSteps(asking(harness, await aRound(harness)));
  const changingAlone = await countSteps(changing(harness, await aRound(harness)));
  const all = interleavings(askingAlone, changingAlone);
  const stride = Math.ceil(all.length / MAX_ORDERS);
  const orders = all.filter((_order, index) => index % stride === 0);
  const found: string[] = [];
  for (const order of orders) {
    const round = await aRound(harness);
    await interleave(order, asking(harness, round), changing(harness, round));
    const living = await look(harness, round);
    if (living.length > 0) found.push(`${order.join('')}: ${living.join(', ')}`);
  }
  return { orders: orders.length, found };
};

const nothingAlive = (harness: Harness, { before, answer }: Round) =>
  alive(harness, [before, answer && tokensIn(answer)]);

const nothingNewAlive = (harness: Harness, { answer }: Round) => alive(harness, [answer && tokensIn(answer)]);

/** Access tokens that still carry what was taken away. */
const nothingOfTheRole = async ({ onlooker }: Harness, { before, answer }: Round): Promise<readonly string[]> => {
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
  const harness = await aHarness();
  const rounds = Array.from({ length: 40 }, async (_, index) => {
    const { user, keys, before } = await ofANewUser(harness);
    const { users: directory } = harness.other.gate.directory;
    const end = async () => {
      for (let tick = 0; tick < index % 8; tick += 1) await nextTurn();
      await (index % 2 === 0 ? directory.disable(user[0]) : directory.setPassword(user[0], 'another-password'));
    };
    const [first, second] = await Promise.all([
      refresh(harness.one, before.refresh_token, undefined, keys),
      refresh(harness.onlooker, before.refresh_token, undefined, keys),
      end(),
    ]);
    return alive(harness, [before, tokensIn(first), tokensIn(second)]);
  });
  expect((await Promise.all(rounds)).flat()).toEqual([]);
});
