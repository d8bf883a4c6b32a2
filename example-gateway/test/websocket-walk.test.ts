import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Page } from 'playwright-core';
import { WebSocketServer } from 'ws';
import { openPage } from '../../test/support/browser/chromium';
import { anUpstream } from './support/upstream';
import { gatewayTo } from './support/web-socket';

/** What a script in a page has seen of its WebSocket. */
interface Seen {
  readonly protocol: string;
  readonly messages: readonly string[];
  readonly closed: { readonly code: number; readonly reason: string; readonly wasClean: boolean } | undefined;
}

const servers = new Set<WebSocketServer>();

afterAll(() => {
  for (const server of servers) {
    for (const client of server.clients) client.terminate();
    server.close();
  }
});

/** An upstream that answers each message with the same one. */
const anEchoServer = async (): Promise<string> => {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  servers.add(server);
  server.on('connection', (socket) =>
    socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary })),
  );
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};

/** Opens a WebSocket by a script of the page and sends a message. */
const openIn = (page: Page, address: string, protocols: readonly string[]): Promise<void> =>
  page.evaluate(`new Promise((resolve, reject) => {
    const seen = (window.seen = { protocol: '', messages: [], closed: undefined });
    const socket = (window.socket = new WebSocket(${JSON.stringify(address)}, ${JSON.stringify(protocols)}));
    socket.onopen = () => { seen.protocol = socket.protocol; resolve(); };
    socket.onerror = () => reject(new Error('not opened'));
    socket.onmessage = ({ data }) => seen.messages.push(data);
    socket.onclose = ({ code, reason, wasClean }) => (seen.closed = { code, reason, wasClean });
  })`);

const echo = async (page: Page, text: string): Promise<void> => {
  await page.evaluate(`socket.send(${JSON.stringify(text)})`);
  await page.waitForFunction(`seen.messages.includes(${JSON.stringify(text)})`);
};

const seenIn = (page: Page): Promise<Seen> => page.evaluate<Seen>('seen');

test('a browser opens WebSockets with a subprotocol and with a ticket, and they are closed when the token is revoked', async () => {
  const gateway = await gatewayTo(await anEchoServer(), { keys: { cors: true, portal: '/store' } });
  const address = `${gateway.url.replace('http', 'ws')}/orders/any`;
  const token = await gateway.token('read');
  const open = [await openPage(), await openPage()];
  const [first, second] = open.map(({ page }) => page);
  if (first === undefined || second === undefined) throw new Error('there are no pages');
  for (const page of [first, second]) await page.goto(`${gateway.url}/health/live`);

  await openIn(first, address, ['bearer', token]);
  await echo(first, 'with a subprotocol');
  await echo(first, 'x'.repeat(200_000)); // by permessage-deflate, in several reads
  expect((await seenIn(first)).protocol).toBe('bearer');

  const ticket = await second.evaluate<string>(
    `fetch('/ws-ticket', { method: 'POST', headers: { Authorization: 'Bearer ${token}' } })
      .then((answer) => answer.json()).then(({ ticket }) => ticket)`,
  );
  await openIn(second, `${address}?ticket=${ticket}`, []);
  await echo(second, 'with a ticket');
  expect((await seenIn(second)).protocol).toBe('');

  const revoking = performance.now();
  expect((await gateway.post('/revoke', { token })).status).toBe(200);
  for (const page of [first, second]) {
    await page.waitForFunction('seen.closed !== undefined');
    expect((await seenIn(page)).closed).toEqual({ code: 1008, reason: 'the token has ended', wasClean: true });
  }
  expect(performance.now() - revoking).toBeLessThan(2_000);
  for (const { close } of open) await close();
});

test('a browser gets the code 1014 when the upstream has gone, and 1001 when the gateway stops', async () => {
  const upstream = await anEchoServer();
  const gateway = await gatewayTo(upstream);
  const { page, close } = await openPage();
  await page.goto(`${gateway.url}/health/live`);
  const address = `${gateway.url.replace('http', 'ws')}/orders/health`;

  await openIn(page, address, []);
  for (const server of servers) for (const client of server.clients) client.terminate();
  await page.waitForFunction('seen.closed !== undefined');
  expect((await seenIn(page)).closed).toMatchObject({ code: 1014, wasClean: true });

  await openIn(page, address, []);
  await echo(page, 'again');
  await gateway.close();
  await page.waitForFunction('seen.closed !== undefined');
  expect((await seenIn(page)).closed).toMatchObject({ code: 1001, wasClean: true });
  await close();
});

test('a browser reads each event of a stream before the next is sent, over fetch with its token', async () => {
  let send: (text: string) => void = () => undefined;
  const upstream = await anUpstream((_request, response) => {
    response.writeHead(200, { 'Content-Type': 'text/event-stream' });
    send = (text) => void response.write(`data: ${text}\n\n`);
    send('first');
  });
  const gateway = await gatewayTo(upstream.url);
  const token = await gateway.token('read');
  const { page, close } = await openPage();
  await page.goto(`${gateway.url}/health/live`);
  await page.evaluate(`window.events = []; fetch('/orders/any', { headers: { Authorization: 'Bearer ${token}' } })
    .then(async ({ body }) => {
      for (let reader = body.getReader(); ; ) {
        const { value, done } = await reader.read();
        if (done) return;
        events.push(...new TextDecoder().decode(value).match(/(?<=data: ).*/g));
      }
    }).catch(() => undefined); undefined`);
  for (const [index, text] of ['first', 'second', 'third'].entries()) {
    await page.waitForFunction(`events.length === ${index + 1}`);
    expect(await page.evaluate('events.at(-1)')).toBe(text);
    send(['second', 'third', 'fourth'][index] ?? '');
  }
  await close();
});
