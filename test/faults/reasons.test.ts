import type { Redis } from 'ioredis';
import { Redis as Redis5 } from 'ioredis5';
import type { RedisLike } from 'scopegate';
import { aGate, JOHN, type LogLine, type TestGate } from '../support/gate/gate';
import { expectRecovery } from '../support/redis/redis-outage';
import { ownRedis, randomPrefix, type OwnRedis } from '../support/redis/redis';
import { aRedis } from '../support/redis/clients';
import { until, after } from '../support/time/waiting';
import { passwordForm } from '../support/tokens/forms';
import { grantIdOf } from '../support/tokens/tokens';

const PASSWORD = 'a-password-of-redis-4711';

const opened5: Redis5[] = [];
afterAll(() => {
  for (const client of opened5) client.disconnect();
});

type Connect = (options: object, address: string) => RedisLike;

const majors: readonly (readonly [major: string, connect: Connect])[] = [
  ['ioredis 6', (options, address) => aRedis(options, address)],
  [
    'ioredis 5',
    (options, address) => {
      const client = new Redis5(address, { disconnectTimeout: 20, ...options });
      client.on('error', () => undefined);
      opened5.push(client);
      return client;
    },
  ],
];

const reasonsOf = (lines: readonly LogLine[], message: string) =>
  lines.filter((line) => line.message.startsWith(message)).map(({ fields }) => fields['reason']);

const awayReasons = ({ lines }: TestGate) => reasonsOf(lines, 'Redis is away');

/** Watches for some reconnections, so that a line per reconnection would show. */
const SOME_RECONNECTIONS_MS = 1_200;

describe.each(majors)('the reason why Redis is unavailable, with %s,', (_major, connect) => {
  interface Harness {
    readonly own: OwnRedis;
    readonly admin: Redis;
    readonly tested: TestGate;
  }
  const open = async (
    options: object = {},
    prepare = async (_admin: Redis): Promise<unknown> => undefined,
  ): Promise<Harness> => {
    const own = await ownRedis({ over: 'port' });
    const admin = await own.client();
    await prepare(admin);
    const tested = aGate({ redis: connect(options, own.url), deadline: 250 });
    await tested.gate.ready();
    return { own, admin, tested };
  };
  const cutAll = (admin: Redis) => admin.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');

  const expectNamed = async ({ tested, own }: Harness, reason: string, cure: RegExp): Promise<void> => {
    await until(() => awayReasons(tested).includes(reason), 3_000);
    await after(SOME_RECONNECTIONS_MS);
    const reasons = awayReasons(tested);
    expect(reasons).toHaveLength(new Set(reasons).size);
    const line = tested.lines.find(({ fields }) => fields['reason'] === reason);
    expect(line?.level).toBe('error');
    expect(line?.message).toMatch(cure);
    const printed = JSON.stringify(tested.lines);
    expect(printed).not.toContain(PASSWORD);
    expect(printed).not.toContain(own.url);
  };

  it('S-342 is logged when the password is changed while the gate runs', async () => {
    const harness = await open({ password: PASSWORD }, (admin) => admin.config('SET', 'requirepass', PASSWORD));
    await harness.admin.call('AUTH', PASSWORD);
    await harness.admin.config('SET', 'requirepass', `another-${PASSWORD}`);
    await cutAll(harness.admin);
    await expectNamed(harness, 'WRONGPASS', /password/);
    await harness.admin.config('SET', 'requirepass', PASSWORD);
    await expectRecovery(() => harness.tested.token(passwordForm(JOHN)));
  });

  it('S-342 is logged when a password is set while the gate runs', async () => {
    const harness = await open();
    await harness.admin.config('SET', 'requirepass', PASSWORD);
    await cutAll(harness.admin);
    await expectNamed(harness, 'NOAUTH', /password/);
  });

  it('S-342 is logged when the Redis user is deleted', async () => {
    const harness = await open({ username: 'gate', password: PASSWORD }, (admin) =>
      admin.call('ACL', 'SETUSER', 'gate', 'on', `>${PASSWORD}`, '~*', '&*', '+@all'),
    );
    await harness.admin.call('ACL', 'DELUSER', 'gate');
    await expectNamed(harness, 'WRONGPASS', /user name/);
  });

  it('is logged when Redis accepts no more connections', async () => {
    const harness = await open();
    await harness.admin.config('SET', 'maxclients', '1');
    await cutAll(harness.admin);
    await expectNamed(harness, 'maxclients', /maxclients/);
    await harness.admin.config('SET', 'maxclients', '100');
    await expectRecovery(() => harness.tested.token(passwordForm(JOHN)));
  });

  it('S-309 is logged while Redis loads its data', async () => {
    const source = await ownRedis({ over: 'port' });
    const full = await source.client();
    await full.config('SET', 'repl-diskless-sync-delay', '0');
    await full.eval('for i = 1, 10000 do redis.call("SET", "key" .. i, i) end', 0);
    const harness = await open();
    await harness.admin.call('CONFIG', 'SET', 'loading-process-events-interval-bytes', '1024');
    await harness.admin.call('CONFIG', 'SET', 'key-load-delay', '400');
    await harness.admin.replicaof('127.0.0.1', new URL(source.url).port);
    const isLoaded = async () => /^loading:0/m.test(await harness.admin.info('persistence'));
    await until(async () => !(await isLoaded()));
    await cutAll(harness.admin);
    await expectNamed(harness, 'LOADING', /loading/);
    await until(isLoaded);
    await harness.admin.replicaof('NO', 'ONE');
    await expectRecovery(() => harness.tested.token(passwordForm(JOHN)));
  }, 20_000);

  it('is logged once for a Redis that does not exist, whatever error each connection attempt ends with', async () => {
    const { own, tested } = await open();
    await own.stop();
    await until(() => awayReasons(tested).length > 0);
    await after(SOME_RECONNECTIONS_MS);
    expect(awayReasons(tested)).toHaveLength(1);
    await own.start();
    await expectRecovery(() => tested.get('/health/ready'));
  });
});

it.each([
  ['the script of a command', '-get', 'evalsha'], // tokens are read by a script
  ['the commands that run scripts', '-evalsha', 'evalsha'],
])('S-342 the log names %s that the access list of Redis denies', async (_what, rule, command) => {
  const own = await ownRedis({ over: 'port' });
  const admin = await own.client();
  await admin.call('ACL', 'SETUSER', 'poor', 'on', `>${PASSWORD}`, '~*', '&*', '+@all', rule);
  const tested = aGate({
    redis: aRedis({ username: 'poor', password: PASSWORD }, own.url),
    prefix: randomPrefix(),
    cache: false,
  });
  const { access_token: token } = await aGate({ redis: admin }).signIn();
  await tested.get('/me', token);
  await tested.token(passwordForm(JOHN));
  const line = tested.lines.find(({ fields }) => fields['reason'] === 'NOPERM' && fields['command'] === command);
  expect(line).toMatchObject({ level: 'error', message: expect.stringContaining('Permit the command') });
  expect(JSON.stringify(tested.lines)).not.toContain(PASSWORD);
  expect(JSON.stringify(tested.lines)).not.toContain(grantIdOf(token));
});

it.each(majors)('S-308 a gate with %s on a replica reconnects once per second at the most', async (_major, connect) => {
  const own = await ownRedis({ over: 'port' });
  const admin = await own.client();
  const tested = aGate({ redis: connect({}, own.url), deadline: 250 });
  await tested.signIn();
  const connections = async () => Number(/^total_connections_received:(\d+)/m.exec(await admin.info('stats'))?.[1]);
  await admin.replicaof('127.0.0.1', '1');
  const before = await connections();
  const began = performance.now();
  while (performance.now() - began < 2_500) await tested.token(passwordForm(JOHN)).expect(503);
  expect(await connections()).toBeLessThanOrEqual(before + 4);
  expect(await connections()).toBeGreaterThan(before);
  await admin.replicaof('NO', 'ONE');
  await expectRecovery(() => tested.token(passwordForm(JOHN)));
});
