import { connect, createServer, type AddressInfo } from 'node:net';
import { Registry } from 'prom-client';
import { Redis } from 'ioredis';
import pino from 'pino';
import { scopegate, type ManagedDirectory } from 'scopegate';
import { openServer } from '../src/server';
import { aConfiguration, aFile, aGateway, anApi, refusalOf } from './support/gateway';
import { after } from '../../test/support/time/waiting';
import { freePort } from '../../test/support/http/free-port';
import { silentLogger } from '../../test/support/gate/gate';
import { randomPrefix, redisAddress } from '../../test/support/redis/redis';

const silent = pino({ level: 'silent' });

afterEach(() => {
  jest.restoreAllMocks();
});

/** Resources that keep this process alive. What was closed in this turn is released slightly later. */
const resources = async (): Promise<readonly string[]> => {
  await after(100);
  return process.getActiveResourcesInfo().filter((kind) => !['Immediate', 'Timeout'].includes(kind));
};

const isOpen = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('connect', () => resolve(true)).on('error', () => resolve(false));
    socket.on('connect', () => socket.destroy());
  });

/** Demo upstreams for both environments, metrics, and a Redis where nothing answers. */
const everything = (metricsPort: number) => ({
  metrics: { port: metricsPort },
  redis: 'redis://127.0.0.1:1',
  apis: { orders: anApi('demo:orders', { sandbox: 'demo:orders' }) },
});

describe('a failed start of the gateway', () => {
  it('leaves nothing open when the gate fails after all ports are open', async () => {
    const before = await resources();
    const [port, metricsPort] = [await freePort(), await freePort()];
    jest.spyOn(Registry.prototype, 'registerMetric').mockImplementation((metric) => {
      if ('name' in metric && String(metric.name).startsWith('scopegate_')) throw new Error('no room');
    });
    await expect(aGateway({ keys: everything(metricsPort), port })).rejects.toThrow('no room');
    expect([await isOpen(port), await isOpen(metricsPort)]).toEqual([false, false]);
    expect(await resources()).toEqual(before);
  });

  it.each(['port', 'metrics'] as const)('leaves nothing open when the %s is in use', async (which) => {
    const holder = createServer();
    await new Promise<void>((resolve) => {
      holder.listen(0, '127.0.0.1', resolve);
    });
    const taken = (holder.address() as AddressInfo).port;
    const free = await freePort();
    const before = await resources();
    const [port, metricsPort] = which === 'port' ? [taken, free] : [free, taken];
    await expect(aGateway({ keys: everything(metricsPort), port })).rejects.toThrow('cannot listen');
    expect(await isOpen(free)).toBe(false);
    expect(await resources()).toEqual(before);
    await new Promise((resolve) => holder.close(resolve));
  });
});

describe('a start with a declared name that a record in Redis has', () => {
  const created = async (prefix: string, act: (directory: ManagedDirectory) => Promise<unknown>): Promise<void> => {
    const redis = new Redis(redisAddress());
    const organizations = [{ key: 'johnsorg' }];
    const gate = scopegate({ issuer: 'http://127.0.0.1', redis, prefix, organizations, logger: silentLogger });
    await act(gate.directory);
    await gate.close();
    redis.disconnect();
  };

  it('is refused with line, column and cure, and leaves nothing open', async () => {
    const prefix = randomPrefix();
    const zoe = { username: 'zoe', organization: 'johnsorg', password: 'zoe-password' };
    await created(prefix, ({ users }) => users.create(zoe));
    const before = await resources();
    const port = await freePort();
    const file = aFile(`${JSON.stringify({ ...aConfiguration({ prefix }), users: undefined }).slice(0, -1)},
      users: [
        { username: ana, organization: johnsorg, password: ana-password },
        { username: zoe, organization: johnsorg, password: other-password } ] }`);
    const start = () => aGateway({ file, redis: redisAddress(), port });
    expect(await refusalOf(start)).toEqual([
      `${file}:4:11: users[1].username: is also the name of a user that was created at run time, so both are refused: remove that user with gate.directory.users.remove("zoe@johnsorg"), or declare another name`,
    ]);
    expect(await isOpen(port)).toBe(false);
    expect(await resources()).toEqual(before);

    await created(prefix, ({ users }) => users.remove('zoe@johnsorg'));
    const gateway = await start();
    expect((await gateway.send(['GET /health/ready HTTP/1.1'])).status).toBe(200);
  });
});

describe('a connection that cannot be accepted', () => {
  it('is logged and does not stop the server', async () => {
    const lines: unknown[] = [];
    const logger = pino({}, { write: (line: string) => void lines.push(JSON.parse(line)) });
    const server = openServer({ tls: undefined, logger });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    server.emit('error', Object.assign(new Error('accept EMFILE'), { code: 'EMFILE' }));
    expect(lines).toMatchObject([{ code: 'EMFILE', msg: 'A connection could not be accepted' }]);
    await new Promise((resolve) => server.close(resolve));
  });

  it('is left to the code that starts the server if it fails before the server listens', () => {
    const server = openServer({ tls: undefined, logger: silent });
    expect(() => server.emit('error', new Error('EADDRINUSE'))).not.toThrow();
  });
});
