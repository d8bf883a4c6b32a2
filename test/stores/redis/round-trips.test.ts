import type { Redis } from 'ioredis';
import { Redis as Redis5 } from 'ioredis5';
import { aGate, JOHN, type Pair, type TokenBody } from '../../support/gate/gate';
import { ownRedis, randomPrefix } from '../../support/redis/redis';
import { aMonitor, aRedis, endAtEnd } from '../../support/redis/clients';
import { SteppedRedis } from '../../support/redis/stepped-redis';
import { until, nextTurn } from '../../support/time/waiting';
import { passwordForm } from '../../support/tokens/forms';

const url = ownRedis().then(({ url: address }) => address);

/** A gate whose commands are passed on step by step, with a client that was made at run time. */
const aSteppedGate = async () => {
  const stepped = new SteppedRedis();
  const gate = aGate({ redis: stepped.clientOf(aRedis({}, await url)), prefix: randomPrefix(), throttle: false });
  const { applications } = gate.gate.directory;
  const { id } = await applications.create({ name: 'App', owner: JOHN[0] });
  const made = await applications.generateKeys(id, { environment: 'production' });
  const client: Pair = [made.clientId, made.clientSecret];

  /** How often a request waits for Redis. */
  const roundTrips = async (ask: () => PromiseLike<unknown>): Promise<number> => {
    let isFinished = false;
    stepped.shut();
    const finished = Promise.resolve(ask()).finally(() => {
      isFinished = true;
    });
    let steps = 0;
    await stepped.settled(finished);
    while (!isFinished) {
      steps += 1;
      await stepped.step(finished);
      await nextTurn();
    }
    stepped.open();
    return steps;
  };
  return { ...gate, client, roundTrips };
};

/** The commands that a gate sends, in order, while `act` runs. */
const commandsOf = async (prefix: string, ask: () => PromiseLike<unknown>): Promise<readonly string[]> => {
  const client = aRedis({}, await url);
  const monitor = await aMonitor(client);
  const seen: string[] = [];
  monitor.on('monitor', (_time: string, [command, ...args]: readonly string[], source: string) => {
    if (source !== 'lua' && args.some((arg) => arg.startsWith(prefix))) {
      seen.push([command, ...args].join(' ').replaceAll(prefix, ''));
    }
  });
  await ask();
  await client.echo(`${prefix}end`); // all commands before it have been received when it is
  await until(() => seen.includes('echo end'));
  monitor.disconnect();
  return seen.filter((line) => !/^(?:publish|echo) /.test(line));
};

it.each([
  ['itself', { grant_type: 'client_credentials' }],
  ['a user', passwordForm(JOHN)],
])('a gate needs one round trip to Redis to issue a token for %s to a cached client', async (_whom, form) => {
  const { token, client, roundTrips } = await aSteppedGate();
  await until(async () => (await roundTrips(() => token(form, client).expect(200))) === 1);
});

it('a gate needs one round trip to Redis for an uncached token, and none for a cached one', async () => {
  const { token, client, get, roundTrips } = await aSteppedGate();
  const aToken = async () =>
    ((await token({ grant_type: 'client_credentials' }, client)).body as TokenBody).access_token;
  const [first, known] = [await aToken(), await aToken()];
  await get('/me', first).expect(200); // Redis has loaded the script now
  const ask = () => get('/me', known).expect(200);
  expect(await roundTrips(ask)).toBe(1);
  await until(async () => (await roundTrips(ask)) === 0);
});

/** The commands that re-check a client: of the application, and of its declared organization. */
const recheckOf = (id: string): readonly string[] => [
  `hget {directory}:applications ${id}`,
  'hget {directory}:declarations organization johnsorg',
];

describe.each([6, 5] as const)('a gate with ioredis %s', (major) => {
  it('stores a grant before it re-checks the client', async () => {
    const prefix = randomPrefix();
    const address = await url;
    const redis = major === 6 ? aRedis({}, address) : endAtEnd(new Redis5(address) as unknown as Redis);
    const { gate, token } = aGate({ redis, prefix });
    const { id } = await gate.directory.applications.create({ name: 'App', owner: JOHN[0] });
    const made = await gate.directory.applications.generateKeys(id, { environment: 'production' });
    const client: Pair = [made.clientId, made.clientSecret];
    const ask = () => token({ grant_type: 'client_credentials' }, client).expect(200);
    await ask(); // the script is known from now on
    const sent = await commandsOf(prefix, ask);
    const [kept, ...looked] = sent.slice(sent.findIndex((line) => line.startsWith('evalsha')));
    expect(kept).toContain(':g');
    expect(looked).toEqual(recheckOf(id));
  });
});

it('a gate re-checks the client after Redis has loaded a missing script, because that delays the write', async () => {
  const prefix = randomPrefix();
  const redis = aRedis({}, await url);
  const { gate, token } = aGate({ redis, prefix });
  await gate.ready(); // the declarations are registered
  const { id } = await gate.directory.applications.create({ name: 'App', owner: JOHN[0] });
  const made = await gate.directory.applications.generateKeys(id, { environment: 'production' });
  const ask = () => token({ grant_type: 'client_credentials' }, [made.clientId, made.clientSecret]).expect(200);
  await redis.script('FLUSH');
  const sent = await commandsOf(prefix, ask);
  const afterwards = sent.slice(sent.findIndex((line) => line.startsWith('eval ')) + 1);
  expect(afterwards).toEqual(recheckOf(id));
});
