import { BUILD_DEADLINE_MS, buildCommand } from '../../../test/support/cli/command';
import { SEED } from '../../../test/support/properties/seed';
import { wholeNumberIn } from '../../../test/support/properties/whole-numbers';
import { randomPrefix, redisAddress } from '../../../test/support/redis/redis';
import { after, until } from '../../../test/support/time/waiting';
import { aConfiguration, aFile, anApi } from '../support/gateway';
import { RawClient } from '../support/raw-client';
import { closeCodeOf, framesOf, maskedTextFrame, openHandshake, textFrame } from '../support/web-socket';
import { webSocketUpstream, type UpstreamSide } from '../support/web-socket-upstream';
import { lineOf, startProcess, valuesIn, workerPids, type GatewayProcess } from '../support/worker-processes';

/** True in `npm run test:nightly`, which runs this file because of its seed. */
const isNightly = wholeNumberIn('SCOPEGATE_PROPERTY_RUNS') !== undefined;

const COUNT = isNightly ? 1_000 : 100;

/** Opened together, because a server accepts a limited number of connections between two turns. */
const BATCH = 50;

jest.setTimeout(120_000);

beforeAll(() => buildCommand(), BUILD_DEADLINE_MS);

const start = async (keys: Readonly<Record<string, unknown>>, upstream: string) => {
  const apis = { orders: anApi(upstream, { websocket: true }) };
  const file = aFile(JSON.stringify(aConfiguration({ metrics: { port: 0 }, apis, ...keys })));
  const gateway = startProcess(['--config', file]);
  return { gateway, url: await gateway.ready };
};

const valueOf = async (gateway: GatewayProcess, metric: string): Promise<number> => {
  const { url } = await lineOf(gateway, 'Metrics are served on a port of their own');
  return valuesIn(await (await fetch(String(url))).text()).get(metric) ?? 0;
};

/** Opens WebSockets from several addresses of the loopback network, because each has a limit. */
const openMany = async (url: string, count: number): Promise<readonly RawClient[]> => {
  const clients: RawClient[] = [];
  while (clients.length < count) {
    const batch = Array.from({ length: Math.min(BATCH, count - clients.length) }, (_, index) => {
      const localAddress = `127.0.0.${2 + ((clients.length + index) % 50)}`;
      return new RawClient(url, { localAddress }).write(openHandshake);
    });
    await Promise.all(batch.map((client) => client.waitFor('\r\n\r\n')));
    clients.push(...batch);
  }
  expect(clients.filter(({ text }) => !text.startsWith('HTTP/1.1 101 '))).toEqual([]);
  return clients;
};

/** Sends a message of each client and one of each side of the upstream. Both arrive where they belong. */
const exchange = async (clients: readonly RawClient[], sides: readonly UpstreamSide[]): Promise<void> => {
  const textOf = (index: number): string => `${SEED} message ${index}`;
  for (const [index, client] of clients.entries()) client.write(maskedTextFrame(textOf(index)));
  await until(() => sides.every((side) => side.receivedLength() > 0));
  for (const side of sides) {
    const text = side.received().toString('latin1', 6);
    side.socket.write(textFrame(text));
  }
  await until(() => clients.every((client) => framesOf(client).length > 0));
  expect(clients.map((client) => framesOf(client).toString('latin1', 2))).toEqual(
    clients.map((_, index) => textOf(index)),
  );
};

test(`${COUNT} WebSockets are held by one process, and closed with 1001 when it stops`, async () => {
  const upstream = await webSocketUpstream();
  const { gateway, url } = await start({}, upstream.url);
  await openMany(url, 10); // what is loaded and compiled once
  await after(500);
  const before = await valueOf(gateway, 'process_resident_memory_bytes');
  const clients = await openMany(url, COUNT);
  expect(await valueOf(gateway, 'scopegate_websockets_open{api="orders"}')).toBe(COUNT + 10);
  await exchange(clients, upstream.sides.slice(10));
  const kilobytes = ((await valueOf(gateway, 'process_resident_memory_bytes')) - before) / 1024 / COUNT;
  process.stdout.write(`${COUNT} WebSockets: ${kilobytes.toFixed(1)} KiB of resident memory for each\n`);
  process.kill(gateway.pid, 'SIGTERM');
  await until(() => clients.every((client) => closeCodeOf(framesOf(client)) === 1001));
  expect((await gateway.ended).code).toBe(0);
});

test('WebSockets are served by all workers, and closed when they stop', async () => {
  const upstream = await webSocketUpstream();
  const { gateway, url } = await start({ workers: 2, redis: redisAddress(), prefix: randomPrefix() }, upstream.url);
  const clients = await openMany(url, 20);
  await exchange(clients, upstream.sides);
  expect(workerPids(gateway).size).toBe(2);
  expect(await valueOf(gateway, 'scopegate_websockets_open{api="orders"}')).toBe(20);
  process.kill(gateway.pid, 'SIGTERM');
  await until(() => clients.every((client) => closeCodeOf(framesOf(client)) === 1001));
  expect((await gateway.ended).code).toBe(0);
});
