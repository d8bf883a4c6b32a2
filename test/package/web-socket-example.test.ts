import { createServer, ServerResponse, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';
import { aWebSocketGate } from '../support/gate/web-socket-gate';
import { sendRaw, rawRequest } from '../support/http/raw-http';
import { until } from '../support/time/waiting';
import { codeBlocks } from './code-blocks/markdown';

/** The example of the page, without its imports, and with a free port. */
const exampleOf = (page: string): string => {
  const block = codeBlocks(page).find(({ code }) => code.includes("from 'ws'"));
  if (block === undefined) throw new Error('the page has no example');
  const code = block.code.replace(/^import .*$/gm, '').replace('server.listen(8080)', "server.listen(0, '127.0.0.1')");
  return `${code}\nreturn { server, sockets };`;
};

type Example = (...given: readonly unknown[]) => { readonly server: Server; readonly sockets: WebSocketServer };

/** Connects, and returns what the connection brings. */
const connect = (url: string, protocols: readonly string[] = [], headers = {}) => {
  const webSocket = new WebSocket(url, [...protocols], { headers });
  const state = { messages: [] as string[], code: 0, status: 0, isOpen: false };
  webSocket.on('open', () => (state.isOpen = true));
  webSocket.on('message', (data: Buffer) => state.messages.push(data.toString()));
  webSocket.on('close', (code) => (state.code = code));
  webSocket.on('unexpected-response', (_request, response) => (state.status = response.statusCode ?? 0));
  webSocket.on('error', () => undefined);
  return { webSocket, state };
};

describe('the example of a WebSocket in docs/guards.md', () => {
  let gate: Awaited<ReturnType<typeof aWebSocketGate>>;
  let server: Server;
  let address: string;
  let port: number;
  beforeAll(async () => {
    gate = await aWebSocketGate();
    // Behind `/orders` the API has no such resource.
    const names = ['app', 'gate', 'createServer', 'ServerResponse', 'WebSocketServer'];
    const example = exampleOf('docs/guards.md').replace("app.get('/orders/live'", "app.get('/live'");
    // oxlint-disable-next-line typescript/no-implied-eval -- runs the page
    const run = new Function(...names, example) as Example;
    ({ server } = run(gate.app, gate.gate, createServer, ServerResponse, WebSocketServer));
    await until(() => server.listening);
    ({ port } = server.address() as AddressInfo);
    address = `ws://127.0.0.1:${port}`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  const signedIn = async (): Promise<string> => (await gate.signIn()).access_token;

  it('opens a connection with the token in the header, in the subprotocols, or by a ticket', async () => {
    const token = await signedIn();
    const { body } = await gate.post('/ws-ticket', token).expect(200);
    const { ticket } = body as { readonly ticket: string };
    const opened = [
      connect(`${address}/live`, [], { Authorization: `Bearer ${token}` }),
      connect(`${address}/live`, ['bearer', token]),
      connect(`${address}/live?ticket=${ticket}`),
    ];
    await until(() => opened.every(({ state }) => state.isOpen));
    for (const { webSocket } of opened) webSocket.send('hello');
    await until(() => opened.every(({ state }) => state.messages.length === 1));
    expect(opened.map(({ state }) => state.messages)).toEqual([
      ['received hello'],
      ['received hello'],
      ['received hello'],
    ]);
    expect(opened.map(({ webSocket }) => webSocket.protocol)).toEqual(['', 'bearer', '']);
    for (const { webSocket } of opened) webSocket.close();
  });

  it('closes the connection with 1008 when the token is revoked', async () => {
    const token = await signedIn();
    const { state } = connect(`${address}/live`, ['bearer', token]);
    await until(() => state.isOpen);
    await gate.gate.tokens.revoke({ token });
    await until(() => state.code !== 0);
    expect(state.code).toBe(1008);
  });

  it('answers a handshake that is refused, or that leads elsewhere, and closes', async () => {
    const refused = [connect(`${address}/live`), connect(`${address}/nowhere`)];
    await until(() => refused.every(({ state }) => state.status !== 0));
    expect(refused.map(({ state }) => state.status)).toEqual([401, 404]);
    const lines = ['GET /live HTTP/1.1', 'Host: x', 'Connection: Upgrade', 'Upgrade: websocket'];
    expect(await sendRaw(port, rawRequest(lines), { untilClosed: true })).toMatchObject({ status: 401, closed: true });
  });

  it('answers an ordinary request with 426', async () => {
    const lines = ['GET /live HTTP/1.1', 'Host: x', `Authorization: Bearer ${await signedIn()}`];
    expect(await sendRaw(port, rawRequest(lines))).toMatchObject({ status: 426 });
  });
});
