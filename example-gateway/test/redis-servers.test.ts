import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { freePort } from '../../test/support/http/free-port';
import { aRedis } from '../../test/support/redis/clients';
import { ownCluster } from '../../test/support/redis/cluster';
import { randomPrefix } from '../../test/support/redis/redis';
import { SentinelSet } from '../../test/support/redis/sentinel';
import { aServerFolder, serverArguments, startProcess } from '../../test/support/redis/server-process';
import { until } from '../../test/support/time/waiting';
import { aFile, aGateway, type GatewayOptions } from './support/gateway';

jest.setTimeout(30_000); // servers are started

const SECRETS = { server: 'pass-of-the-server', sentinel: 'pass-of-the-sentinels' };
const HOST = '127.0.0.1';

/** Starts two gateways on the same Redis, and asserts that one accepts the tokens of the other until one ends them. */
const expectShared = async (redis: object, options: GatewayOptions = {}): Promise<void> => {
  const keys = { redis, prefix: randomPrefix(), deadline: 5_000 };
  const [first, second] = [await aGateway({ ...options, keys }), await aGateway({ ...options, keys })];
  const token = await first.token('read');
  const statusAt = async (gateway: typeof first): Promise<number> =>
    (await gateway.send(['GET /orders HTTP/1.1'], { token })).status;
  expect(await statusAt(second)).toBe(200);
  expect((await second.post('/revoke', { token })).status).toBe(200);
  await until(async () => (await statusAt(first)) === 401);
  expect((await first.send(['GET /health/ready HTTP/1.1'])).status).toBe(200);
  expect(JSON.stringify([first.lines, second.lines])).not.toMatch(/pass-of/);
};

it('gateways share the Redis that Sentinels locate, with a password from a file and one from a variable', async () => {
  const { sentinels, name } = await SentinelSet.open(SECRETS);
  aFile(`${SECRETS.server}\n`, 'server-password');
  const secrets = { password: { file: 'server-password' }, sentinelPassword: '${SENTINEL_PASSWORD}' };
  const environment = { SENTINEL_PASSWORD: SECRETS.sentinel };
  await expectShared({ sentinels, name, ...secrets, username: 'default', db: 2 }, { environment });
});

it('gateways share a Redis Cluster with a password', async () => {
  const port = await ownCluster();
  await aRedis({}, `redis://${HOST}:${port}`).config('SET', 'requirepass', SECRETS.server);
  await expectShared({ cluster: [{ host: HOST, port }], password: SECRETS.server });
});

it('gateways share a Redis Cluster over TLS that requires a client certificate', async () => {
  const folder = await aServerFolder('tls');
  const files = { cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem') };
  const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '1'];
  const subject = ['-subj', '/CN=redis', '-addext', `subjectAltName=IP:${HOST}`];
  execFileSync('openssl', ['req', ...kind, '-keyout', files.key, '-out', files.cert, ...subject], { stdio: 'ignore' });
  const [port, bus] = [await freePort(), await freePort()];
  const options = { 'tls-port': port, port: 0, bind: HOST, dir: folder, pidfile: join(folder, 'pid'), save: '' };
  const tls = { 'tls-cert-file': files.cert, 'tls-key-file': files.key, 'tls-ca-cert-file': files.cert };
  const cluster = { 'cluster-enabled': 'yes', 'cluster-port': bus, 'tls-cluster': 'yes', 'cluster-announce-ip': HOST };
  await startProcess(serverArguments({ ...options, ...tls, ...cluster }));
  const read = (args: readonly string[]): string =>
    execFileSync(
      'redis-cli',
      ['-p', String(port), '--tls', '--cert', files.cert, '--key', files.key, '--cacert', files.cert, ...args],
      { encoding: 'latin1', stdio: ['ignore', 'pipe', 'ignore'] },
    );
  const replies = (args: readonly string[], expected: string): boolean => {
    try {
      return read(args).includes(expected);
    } catch {
      return false; // it does not listen yet
    }
  };
  await until(() => replies(['CLUSTER', 'ADDSLOTSRANGE', '0', '16383'], 'OK'));
  await until(() => replies(['CLUSTER', 'INFO'], 'cluster_state:ok'));
  await expectShared({ cluster: [{ host: HOST, port }], tls: { ca: files.cert, ...files } });
});
