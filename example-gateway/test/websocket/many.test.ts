import { BUILD_DEADLINE_MS, buildCommand } from '../../../test/support/cli/command';
import { SEED } from '../../../test/support/properties/seed';
import { wholeNumberIn } from '../../../test/support/properties/whole-numbers';
import { randomPrefix, redisAddress } from '../../../test/support/redis/redis';
import { after, until } from '../../../test/support/time/waiting';
import { defaultLimits } from '../../src/limits';
import { aConfiguration, aFile, anApi, anApplication, APPLICATION } from '../support/gateway';
import { RawClient } from '../support/raw-client';
import { closeCodeOf, framesOf, handshakeWith, maskedTextFrame, openHandshake, textFrame } from '../support/web-socket';
import { webSocketUpstream, type UpstreamSide } from '../support/web-socket-upstream';
import { lineOf, startProcess, valuesIn, workerPids, type GatewayProcess } from '../support/worker-processes';

/** True in `npm run test:nightly`, which runs this file because of its seed. */
const isNightly = wholeNumberIn('SCOPEGATE_PROPERTY_RUNS') !== undefined;

const COUNT = isNightly ? 1_000 : 100;

/** The limit of the gateway. */
const PER_CLIENT = defaultLimits.webSockets.perClient;

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

const report = (what: string, durationMs: number): void => {
  process.stdout.write(`${COUNT} WebSockets: ${what} within ${durationMs.toFixed(0)} ms\n`);
};

const post = async (address: string, key: string, fields: Readonly<Record<string, string>>): Promise<string> => {
  const credentials = Buffer.from(`${key}:${APPLICATION.consumerSecret}`).toString('base64');
  const headers = { Authorization: `Basic ${credentials}` };
  const answer = await fetch(address, { method: 'POST', headers, body: new URLSearchParams(fields) });
  expect(answer.status).toBe(200);
  return answer.text();
};

const tokenOf = async (url: string, key: string): Promise<string> => {
  const body = await post(`${url}/token`, key, { grant_type: 'client_credentials', scope: 'read' });
  return (JSON.parse(body) as { readonly access_token: string }).access_token;
};

/** Opens WebSockets from several addresses of the loopback network, because each has a limit. */
const openMany = async (
  url: string,
  count: number,
  handshakeOf: (index: number) => string = () => openHandshake,
): Promise<readonly RawClient[]> => {
  const clients: RawClient[] = [];
  while (clients.length < count) {
    const batch = Array.from({ length: Math.min(BATCH, count - clients.length) }, (_, index) => {
      const number = clients.length + index;
      return new RawClient(url, { localAddress: `127.0.0.${2 + (number % 50)}` }).write(handshakeOf(number));
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
  const stopped = performance.now();
  process.kill(gateway.pid, 'SIGTERM');
  await until(() => clients.every((client) => closeCodeOf(framesOf(client)) === 1001));
  report('closed', performance.now() - stopped);
  expect((await gateway.ended).code).toBe(0);
  report('closed, and the process ended', performance.now() - stopped);
});

test(`${COUNT} WebSockets of several clients are closed with 1008 when the tokens are revoked`, async () => {
  const upstream = await webSocketUpstream();
  const names = Array.from({ length: COUNT / PER_CLIENT }, (_, index) => `client-${index}`);
  const applications = names.map((name) => anApplication({ name, consumerKey: name }));
  const { gateway, url } = await start({ applications }, upstream.url);
  const tokens = await Promise.all(names.map((name) => tokenOf(url, name)));
  const clients = await openMany(url, COUNT, (index) =>
    handshakeWith({ Authorization: `Bearer ${tokens[index % tokens.length] ?? ''}` }),
  );
  const revoked = performance.now();
  await Promise.all(tokens.map((token, index) => post(`${url}/revoke`, names[index] ?? '', { token })));
  await until(() => clients.every((client) => closeCodeOf(framesOf(client)) === 1008));
  report('closed after a revocation', performance.now() - revoked);
  await until(() => clients.every(({ isEnded }) => isEnded));
  report('closed after a revocation without a Close frame of the client', performance.now() - revoked);
  await until(async () => (await valueOf(gateway, 'scopegate_websockets_open{api="orders"}')) === 0);
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
