import { join } from 'node:path';
import { Cluster, type Redis } from 'ioredis';
import { BUILD_DEADLINE_MS, buildCommand, fileWith, runCommand } from '../support/cli/command';
import { expectEventually } from '../support/cli/commanded-gate';
import { APIS } from '../support/cli/declared-apis';
import { aGate, APPLICATION, JANE, JOHN } from '../support/gate/gate';
import { aRedis, endAtEnd } from '../support/redis/clients';
import { ownClusterOfTwo } from '../support/redis/cluster';
import { ownRedis } from '../support/redis/redis';
import { collect } from '../support/stores/collect';
import { passwordForm } from '../support/tokens/forms';

beforeAll(buildCommand, BUILD_DEADLINE_MS);

const IOREDIS = JSON.stringify(join(__dirname, '../../node_modules/ioredis'));

/** Where a gate keeps its records, and how an operator names the place. */
interface Place {
  readonly redis: Redis;
  readonly store: readonly string[];
  /** The client of Redis in a module of options, as an expression. */
  readonly expression: string;
  /** One connection to each server. */
  readonly servers: readonly Redis[];
  /** The beginning of each line of `doctor` that is about one server. */
  readonly labels: readonly string[];
}

const oneRedis = async (): Promise<Place> => {
  const { url } = await ownRedis({ over: 'port' });
  const server = aRedis({}, url);
  return { redis: server, store: ['--redis', url], expression: `new Redis('${url}')`, servers: [server], labels: [''] };
};

const aCluster = async (): Promise<Place> => {
  const ports = await ownClusterOfTwo();
  const nodes = [{ host: '127.0.0.1', port: ports[0] }];
  return {
    redis: endAtEnd(new Cluster(nodes) as never),
    store: ['--cluster', `127.0.0.1:${ports[0]}`],
    expression: `new Cluster(${JSON.stringify(nodes)})`,
    servers: ports.map((port) => aRedis({}, `redis://127.0.0.1:${port}`)),
    labels: ports.map((port) => `127.0.0.1:${port}: `),
  };
};

const application = {
  name: 'Orders app',
  owner: JOHN[0],
  consumerKey: APPLICATION[0],
  consumerSecret: APPLICATION[1],
  subscriptions: ['orders'],
};

/** A module that exports what the gate declares. */
const optionsFor = (place: Place): string => {
  const { scopes, organizations, users } = {
    scopes: { read: 'See orders', update: { description: 'Change orders', roles: ['clerk'] }, admin: 'Change all' },
    organizations: [{ key: 'johnsorg' }],
    users: [
      { username: 'john@gmail.com', organization: 'johnsorg', password: JOHN[1], roles: ['clerk'] },
      { username: 'jane@gmail.com', organization: 'johnsorg', password: JANE[1] },
    ],
  };
  const options = { issuer: 'http://127.0.0.1', scopes, organizations, users, apis: APIS, applications: [application] };
  return fileWith(
    `const { Redis, Cluster } = require(${IOREDIS});\nmodule.exports = { ...${JSON.stringify(options)}, redis: ${place.expression} };`,
    '.cjs',
  );
};

const aRunningGate = async (place: Place) => {
  const tested = aGate({ redis: place.redis, apis: APIS, applications: [application] });
  await tested.gate.ready();
  return tested;
};

/** Types a command. Returns its exit code and what it printed, instants left out. */
const typed = async (place: Place, words: string, more: readonly string[] = [], input = '') => {
  const { code, stdout, stderr } = await runCommand([...words.split(' '), ...more, ...place.store], { input });
  return { code, printed: (stdout + stderr).replaceAll(/\d{4}-\d{2}-\d{2}T[\d:]{8}Z/g, '<instant>') };
};

const JOHNS = JOHN[0];

describe.each([
  ['one Redis', oneRedis],
  ['a Cluster', aCluster],
])('a night at the terminal with %s', (_name, start) => {
  it('lists and revokes the tokens of a user, disables an application, and unlocks an account', async () => {
    const place = await start();
    const tested = await aRunningGate(place);
    const { access_token } = await tested.signIn(JOHN, 'read');
    const [{ grantId } = { grantId: '' }] = await collect(tested.gate.tokens.find({ user: JOHNS }));
    expect(await typed(place, `tokens list --user ${JOHNS}`)).toEqual({
      code: 0,
      printed: [
        `${'GRANT'.padEnd(grantId.length)}  CLIENT  USER                     ENVIRONMENT  SCOPES  ACCESS TOKEN UNTIL    REFRESH TOKEN UNTIL`,
        `${grantId}  key     ${JOHNS}  production   read    <instant>  <instant>`,
        '',
      ].join('\n'),
    });
    expect(await typed(place, `tokens revoke --user ${JOHNS}`)).toEqual({
      code: 0,
      printed: `All tokens of the user ${JOHNS} are revoked\n`,
    });
    await expectEventually(401, async () => (await tested.get('/me', access_token)).status);

    expect(await typed(place, 'applications disable key')).toEqual({
      code: 0,
      printed: 'The application key is disabled, and its tokens have ended\n',
    });
    await expectEventually(401, async () => (await tested.token(passwordForm(JOHN))).status);
    expect((await typed(place, 'applications enable key')).printed).toBe('The application key is enabled\n');
    await expectEventually(200, async () => (await tested.token(passwordForm(JOHN))).status);

    for (let failure = 0; failure < 12; failure += 1) await tested.token(passwordForm([JOHNS, 'wrong-password']));
    expect((await tested.token(passwordForm(JOHN))).status).toBe(400);
    expect(await typed(place, `users unlock ${JOHNS}`)).toEqual({
      code: 0,
      printed: `The failed sign-ins of the user ${JOHNS} are deleted\n`,
    });
    expect((await tested.token(passwordForm(JOHN))).status).toBe(200);
  });

  it('explains a refusal by the options of the gate', async () => {
    const place = await start();
    const tested = await aRunningGate(place);
    const { access_token } = await tested.signIn(JANE, 'read');
    const args = ['--options', optionsFor(place), '--path', '/orders/1', '--token-file', '-'];
    const explain = (method: string) => runCommand(['explain', '--method', method, ...args], { input: access_token });
    expect(await explain('GET')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^This request would be allowed/) as string,
      stderr: '',
    });
    expect(await explain('PUT')).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(
        /^This request would be refused \(403 insufficient_scope\): .*role clerk/,
      ) as string,
      stderr: '',
    });
  });

  it('finds what is wrong with a Redis that is set up badly, and prints the cures', async () => {
    const place = await start();
    for (const server of place.servers) {
      await server.config('SET', 'save', '');
      await server.config('SET', 'maxmemory', '100mb');
      await server.config('SET', 'maxmemory-policy', 'allkeys-lru');
      await server.call('ACL', 'SETUSER', 'gate', 'reset', 'on', '>gates-password', '+@all', '-publish', '~*', '&*');
    }
    const user = ['--redis-user', 'gate', '--redis-password-file', fileWith('gates-password\n')];
    const { code, printed } = await typed(place, 'doctor', user);
    const problems = printed.split('\n').flatMap((line, index, lines) => {
      return line.startsWith('PROBLEM') ? [`${line}\n${lines[index + 1] ?? ''}`] : [];
    });
    const ofServers = place.labels.flatMap((label) => [
      `PROBLEM  eviction: ${label}maxmemory-policy is allkeys-lru, so Redis may evict live keys
         Cure: CONFIG SET maxmemory-policy noeviction, and the same in the file of Redis`,
      `PROBLEM  persistence: ${label}Redis keeps nothing on disk: a restart loses all tokens, users and applications
         Cure: CONFIG SET appendonly yes, and the same in the file of Redis; appendfsync everysec`,
    ]);
    const ofUser = `PROBLEM  access: The Redis user may not use the commands publish
         Cure: ACL SETUSER <user> +publish`;
    expect({ code, problems: problems.toSorted() }).toEqual({ code: 1, problems: [...ofServers, ofUser].toSorted() });
  });
});
