import { spawn, type ChildProcess } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { Cluster } from 'ioredis';
import { BUILD_DEADLINE_MS, buildCommand, fileWith, runCommand, runJson } from '../support/cli/command';
import { expectEventually } from '../support/cli/commanded-gate';
import { aGate, JOHN } from '../support/gate/gate';
import { freePort } from '../support/http/free-port';
import { endAtEnd } from '../support/redis/clients';
import { ownClusterOfTwo } from '../support/redis/cluster';
import { ownRedis, testRedis } from '../support/redis/redis';
import { until } from '../support/time/waiting';

beforeAll(buildCommand, BUILD_DEADLINE_MS);

const sentinels: ChildProcess[] = [];

afterAll(() => {
  for (const sentinel of sentinels) sentinel.kill('SIGKILL');
});

/** Starts a Sentinel that knows a primary as `mymaster`. Returns its port. */
const aSentinel = async (primary: string): Promise<number> => {
  const port = await freePort();
  const file = fileWith('');
  writeFileSync(
    file,
    `port ${port}\nbind 127.0.0.1\nsentinel monitor mymaster 127.0.0.1 ${new URL(primary).port} 1\nrequirepass sentinels-password\n`,
  );
  sentinels.push(spawn('redis-server', [file, '--sentinel'], { stdio: 'ignore' }));
  const client = await testRedis(`redis://:sentinels-password@127.0.0.1:${port}`);
  await until(async () => (await client.call('SENTINEL', 'get-master-addr-by-name', 'mymaster')) !== null);
  return port;
};

describe('the command', () => {
  it('finds the primary by its Sentinels, also if the first does not reply', async () => {
    const server = await ownRedis({ over: 'port' });
    const tested = aGate({ redis: await server.client() });
    await tested.gate.ready();
    const { access_token } = await tested.signIn();
    const [sentinel, none] = [await aSentinel(server.url), await freePort()];
    const store = [
      ...['--sentinels', `127.0.0.1:${none},127.0.0.1:${sentinel}`, '--sentinel-name', 'mymaster'],
      ...['--sentinel-password-file', fileWith('sentinels-password\n')],
    ];
    expect(await runJson(['tokens', 'revoke', '--user', JOHN[0], ...store])).toMatchObject({ ended: true });
    await expectEventually(401, async () => (await tested.get('/me', access_token)).status);
    expect((await runCommand(['doctor', ...store])).stdout).toContain('role: The server is a primary');
    const away = ['--sentinels', `127.0.0.1:${none}`, '--sentinel-name', 'mymaster'];
    expect((await runCommand(['users', 'list', ...away])).code).toBe(3);
  });

  it('works on a Cluster, and checks each of its primaries', async () => {
    const ports = await ownClusterOfTwo();
    const cluster = endAtEnd(new Cluster([{ host: '127.0.0.1', port: ports[0] }]) as never);
    const tested = aGate({ redis: cluster });
    await tested.gate.ready();
    const { access_token } = await tested.signIn();
    const store = ['--cluster', `127.0.0.1:${ports[0]}`];
    await runJson(['applications', 'disable', 'key', ...store]);
    await expectEventually(401, async () => (await tested.get('/me', access_token)).status);
    const { findings } = (await runJson(['doctor', ...store], {}, 1)) as {
      readonly findings: readonly { readonly check: string; readonly level: string; readonly server?: string }[];
    };
    const servers = findings.filter(({ check }) => check === 'persistence').map(({ server }) => server);
    expect(new Set(servers)).toEqual(new Set(ports.map((port) => `127.0.0.1:${port}`)));
    expect(findings).toContainEqual(expect.objectContaining({ check: 'access', level: 'ok' }));
    expect((await runCommand(['users', 'list', '--cluster', `127.0.0.1:${await freePort()}`])).code).toBe(3);
  });
});
