import type { Response } from 'supertest';
import { aGate, APPLICATION, type Pair, type TestGate, type TokenBody } from '../support/gate';
import { randomPrefix } from '../support/redis';
import { aRedis } from '../support/redis-clients';
import { refresh } from '../support/refreshing';
import { countSteps, interleave, interleavings, Turnstile, type Act } from '../support/turnstile';

const PASSWORD = 'alice-password';
const NEW_PASSWORD = 'another-password';

interface Rig {
  /** Serves the client. */
  readonly one: TestGate;
  /** Manages, on another machine. */
  readonly other: TestGate;
  /** A third, which nothing holds up. */
  readonly onlooker: TestGate;
  readonly turnstiles: { readonly one: Turnstile; readonly other: Turnstile };
}

/** Three gates on one Redis, two of them behind turnstiles. */
const aRig = async (): Promise<Rig> => {
  const prefix = randomPrefix();
  const turnstiles = { one: new Turnstile(), other: new Turnstile() };
  const aGateAt = (redis: NonNullable<Parameters<typeof aGate>[0]>['redis']) =>
    aGate({ prefix, throttle: false, deadline: 5_000, ...(redis === undefined ? {} : { redis }) });
  const rig = {
    one: aGateAt(turnstiles.one.clientOf(aRedis())),
    other: aGateAt(turnstiles.other.clientOf(aRedis())),
    onlooker: aGateAt(aRedis()),
    turnstiles,
  };
  await Promise.all([rig.one, rig.other, rig.onlooker].map(({ gate }) => gate.ready()));
  return rig;
};

let users = 0;
/** A user of its own for each round, so that rounds do not meet. */
const aUser = async ({ onlooker }: Rig): Promise<Pair> => {
  const username = `alice${(users += 1)}`;
  const { users: directory } = onlooker.gate.directory;
  await directory.create({ username, organization: 'johnsorg', password: PASSWORD, roles: ['clerk'] });
  return [`${username}@johnsorg`, PASSWORD];
};

const tokensIn = ({ status, body }: Response): TokenBody | undefined =>
  status === 200 ? (body as TokenBody) : undefined;

/** Tokens that open anything still. */
const alive = async ({ onlooker }: Rig, pairs: readonly (TokenBody | undefined)[]): Promise<readonly string[]> => {
  const living: string[] = [];
  for (const pair of pairs) {
    if (pair === undefined) continue;
    if ((await onlooker.get('/me', pair.access_token)).status !== 401) living.push('access');
    if ((await refresh(onlooker, pair.refresh_token)).status !== 400) living.push('refresh');
  }
  return living;
};

interface Round {
  readonly user: Pair;
  readonly before: TokenBody;
  answer?: Response;
}

const aRefresh = (rig: Rig, round: Round): Act => ({
  turnstile: rig.turnstiles.one,
  run: async () => {
    round.answer = await refresh(rig.one, round.before.refresh_token);
  },
});

const aSignIn = (rig: Rig, round: Round): Act => ({
  turnstile: rig.turnstiles.one,
  run: async () => {
    const [username, password] = round.user;
    round.answer = await rig.one.token({ grant_type: 'password', username, password, scope: 'read update' });
  },
});

type Ending = (rig: Rig, round: Round) => Act;

const ending =
  (end: (users: TestGate['gate']['directory']['users'], name: string) => Promise<unknown>): Ending =>
  (rig, { user: [name] }) => ({
    turnstile: rig.turnstiles.other,
    run: () => end(rig.other.gate.directory.users, name),
  });

const disabling = ending((directory, name) => directory.disable(name));
const newPassword = ending((directory, name) => directory.setPassword(name, NEW_PASSWORD));
const removing = ending((directory, name) => directory.remove(name));

/** Runs both acts in every order in which their steps can reach Redis, and gives what was found alive, by order. */
const everyOrder = async (
  asking: (rig: Rig, round: Round) => Act,
  changing: Ending,
  look: (rig: Rig, round: Round) => Promise<readonly string[]>,
): Promise<{ readonly orders: number; readonly found: readonly string[] }> => {
  const rig = await aRig();
  const aRound = async (): Promise<Round> => {
    const user = await aUser(rig);
    return { user, before: await rig.onlooker.signIn(user, 'read update', APPLICATION) };
  };
  const alone = await aRound();
  const steps = [await countSteps(asking(rig, alone)), await countSteps(changing(rig, await aRound()))] as const;
  const orders = interleavings(...steps);
  const found: string[] = [];
  for (const order of orders) {
    const round = await aRound();
    await interleave(order, asking(rig, round), changing(rig, round));
    const living = await look(rig, round);
    if (living.length > 0) found.push(`${order.join('')}: ${living.join(', ')}`);
  }
  return { orders: orders.length, found };
};

const nothingAlive = (rig: Rig, { before, answer }: Round) => alive(rig, [before, answer && tokensIn(answer)]);

const nothingNew = (rig: Rig, { answer }: Round) => alive(rig, [answer && tokensIn(answer)]);

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
  it.each<[string, Ending]>([
    ['the user is disabled', disabling],
    ['the user gets a new password', newPassword],
    ['the user is removed', removing],
  ])('leaves no live token when %s, in whatever order both reach Redis', async (_what, change) => {
    const { orders, found } = await everyOrder(aRefresh, change, nothingAlive);
    expect(found).toEqual([]);
    expect(orders).toBeGreaterThan(30);
  });

  it('keeps no role that is taken away, in whatever order both reach Redis', async () => {
    const change = ending((directory, name) => directory.setRoles(name, []));
    const { found } = await everyOrder(aRefresh, change, nothingOfTheRole);
    expect(found).toEqual([]);
  });
});

describe('a sign-in in flight', () => {
  it.each<[string, Ending]>([
    ['the user is disabled', disabling],
    ['the user gets a new password', newPassword],
    ['the user is removed', removing],
  ])('leaves no live token when %s, in whatever order both reach Redis', async (_what, change) => {
    const { found } = await everyOrder(aSignIn, change, nothingNew);
    expect(found).toEqual([]);
  });

  it('keeps no role that is taken away, in whatever order both reach Redis', async () => {
    const change = ending((directory, name) => directory.setRoles(name, []));
    const { found } = await everyOrder(aSignIn, change, nothingOfTheRole);
    expect(found).toEqual([]);
  });
});

it('S-221 leaves no live token in rounds that nobody orders', async () => {
  const rig = await aRig();
  const rounds = Array.from({ length: 40 }, async (_, index) => {
    const user = await aUser(rig);
    const before = await rig.onlooker.signIn(user, 'read update', APPLICATION);
    const { users: directory } = rig.other.gate.directory;
    const end = async () => {
      for (let tick = 0; tick < index % 8; tick += 1) await new Promise(setImmediate);
      await (index % 2 === 0 ? directory.disable(user[0]) : directory.setPassword(user[0], NEW_PASSWORD));
    };
    const [first, second] = await Promise.all([
      refresh(rig.one, before.refresh_token),
      refresh(rig.onlooker, before.refresh_token),
      end(),
    ]);
    return alive(rig, [before, tokensIn(first), tokensIn(second)]);
  });
  expect((await Promise.all(rounds)).flat()).toEqual([]);
});
