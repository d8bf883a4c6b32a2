import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A demo upstream. */
export interface Demo {
  readonly url: URL;
  close(): void;
}

interface Order {
  readonly id: string;
  readonly item: string;
  readonly status: string;
}

const firstOrders: readonly Order[] = [
  { id: '1', item: 'Tea', status: 'open' },
  { id: '2', item: 'Coffee', status: 'shipped' },
];

const MAX_BODY = 16_384;

const readChanges = async (request: IncomingMessage): Promise<Partial<Order> | undefined> => {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) {
    text += String(chunk);
    if (text.length > MAX_BODY) return undefined;
  }
  try {
    const { item, status } = JSON.parse(text) as Record<string, unknown>;
    return { ...(typeof item === 'string' ? { item } : {}), ...(typeof status === 'string' ? { status } : {}) };
  } catch {
    return undefined;
  }
};

/** The gateway's identity headers, which name the caller. */
const callerOf = ({ headers }: IncomingMessage): Record<string, unknown> =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => name.startsWith('x-authenticated-')));

const respond = (response: ServerResponse, status: number, value: object): void => {
  response.writeHead(status, { 'Content-Type': 'application/json' });
  response.end(JSON.stringify(value));
};

/** Starts a service without any token handling: orders in memory, and the caller in each response. */
export const startOrders = async (): Promise<Demo> => {
  const orders = new Map(firstOrders.map((order) => [order.id, order]));

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const caller = callerOf(request);
    const path = request.url?.split('?')[0] ?? '/';
    if (path === '/health') return respond(response, 200, { status: 'ok', caller });
    if (path === '/') return respond(response, 200, { orders: [...orders.values()], caller });
    const order = orders.get(path.slice(1));
    if (order === undefined) return respond(response, 404, { error: 'not_found', error_description: 'No such order.' });
    if (request.method !== 'PUT' && request.method !== 'PATCH') return respond(response, 200, { order, caller });
    const changes = await readChanges(request);
    if (changes === undefined)
      return respond(response, 400, { error: 'invalid_request', error_description: 'Send JSON.' });
    const changed = { ...order, ...changes };
    orders.set(order.id, changed);
    return respond(response, 200, { order: changed, caller });
  };

  const server = createServer((request, response) => {
    handle(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  server.on('error', () => undefined); // a connection that cannot be accepted must not end the process
  const { port } = server.address() as AddressInfo;
  return {
    url: new URL(`http://127.0.0.1:${port}`),
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
};
