import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Cluster, Redis } from 'ioredis';
import { BUILD_DEADLINE_MS, buildCommand, runCommand, runJson } from '../support/cli/command';
import { expectEventually } from '../support/cli/commanded-gate';
import { aGate, JOHN } from '../support/gate/gate';
import { freePort } from '../support/http/free-port';
import { someCertificates, tlsOptions, type Certificates } from '../support/redis/certificates';
import { endAtEnd } from '../support/redis/clients';
import { aServerFolder, serverArguments, startProcess } from '../support/redis/server-process';
import { until } from '../support/time/waiting';

const HOST = '127.0.0.1';

let certificates: Certificates;
let tls: { readonly ca: Buffer; readonly cert: Buffer; readonly key: Buffer };
let files: readonly string[];

beforeAll(async () => {
  buildCommand();
  certificates = await someCertificates();
  const { ca, cert, key } = certificates;
  tls = { ca: readFileSync(ca), cert: readFileSync(cert), key: readFileSync(key) };
  files = ['--ca', ca, '--cert', cert, '--cert-key', key];
}, BUILD_DEADLINE_MS);

/** Starts a server that listens with TLS only. Returns its port, and a client. */
const aTlsServer = async (options: Readonly<Record<string, string | number>> = {}) => {
  const port = await freePort();
  const dir = await aServerFolder('tls');
  const settings = { ...tlsOptions(certificates, port), bind: HOST, dir, pidfile: join(dir, 'pid'), ...options };
  await startProcess([...serverArguments(settings), '--save', '']);
  const client = endAtEnd(new Redis({ host: HOST, port, tls }));
  await until(async () => (await client.ping().catch(() => '')) === 'PONG');
  return { port, client };
};

/** Expects that a command ends the tokens of a gate on this client, and that the doctor can look at the servers. */
const expectWorking = async (redis: Redis, store: readonly string[]): Promise<void> => {
  const tested = aGate({ redis });
  await tested.gate.ready();
  const { access_token } = await tested.signIn();
  await runJson(['tokens', 'revoke', '--user', JOHN[0], ...store]);
  await expectEventually(401, async () => (await tested.get('/me', access_token)).status);
  const { stdout, stderr } = await runCommand(['doctor', ...store]);
  expect(stderr).toBe('');
  expect(stdout).toMatch(/^ok {7}role: .*The server is a primary$/m);
  expect(stdout).toMatch(/^ok {7}access: /m);
};

describe('the command over TLS', () => {
  it('reaches one Redis, and names the option that is missing', async () => {
    const { port, client } = await aTlsServer();
    const url = `rediss://${HOST}:${port}`;
    await expectWorking(client, ['--redis', url, ...files]);
    expect(await runCommand(['users', 'list', '--redis', url])).toMatchObject({
      code: 3,
      stderr: expect.stringMatching(/SELF_SIGNED_CERT_IN_CHAIN.*--ca/) as string,
    });
    expect(await runCommand(['users', 'list', '--redis', `redis://${HOST}:${port}`])).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('If the server uses TLS, use rediss://') as string,
    });
  });

  it('reaches the primary of Sentinels', async () => {
    const { port, client } = await aTlsServer();
    const sentinel = await freePort();
    const dir = await aServerFolder('tls-sentinel');
    const lines = Object.entries({ ...tlsOptions(certificates, sentinel), bind: HOST, dir }).map(
      ([name, value]) => `${name} ${value}`,
    );
    const file = join(dir, 'sentinel.conf');
    writeFileSync(
      file,
      `${lines.filter((line) => !line.startsWith('tls-cluster')).join('\n')}\nsentinel monitor mymaster ${HOST} ${port} 1\n`,
    );
    await startProcess([file, '--sentinel']);
    const watcher = endAtEnd(new Redis({ host: HOST, port: sentinel, tls }));
    await until(
      async () => (await watcher.call('SENTINEL', 'get-master-addr-by-name', 'mymaster').catch(() => null)) !== null,
    );
    await expectWorking(client, ['--sentinels', `${HOST}:${sentinel}`, '--sentinel-name', 'mymaster', ...files]);
  });

  it('reaches a Cluster', async () => {
    const bus = await freePort();
    const { port, client } = await aTlsServer({
      ...{ 'cluster-enabled': 'yes', 'cluster-port': bus, 'cluster-announce-ip': HOST },
    });
    await client.call('CLUSTER', 'ADDSLOTSRANGE', '0', '16383');
    await until(async () => String(await client.call('CLUSTER', 'INFO')).includes('cluster_state:ok'));
    const cluster = new Cluster([{ host: HOST, port }], {
      redisOptions: { tls },
      dnsLookup: (host, found) => found(null, host),
    });
    await expectWorking(endAtEnd(cluster as never), ['--cluster', `${HOST}:${port}`, ...files]);
  });
});
