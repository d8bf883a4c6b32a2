import { readFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { CodeFlow } from './code-flow';
import type { CalledGateway } from './shell';

/** Pages for a browser that use the code flow, on an origin of their own. */
export interface DemoPages {
  /** The address of the single-page application. */
  readonly url: string;
  /** An authorization request, whose response is shown by a page that says how to redeem the code. */
  readonly authorizeUrl: string;
  close(): void;
}

const FILE = join(__dirname, '..', '..', 'single-page-app', 'index.html');

/** Address of the gateway that the application's file names: that of the default configuration. */
const ADDRESS_IN_FILE = 'http://127.0.0.1:8080';

const HEADERS = { 'Cache-Control': 'no-store', 'Referrer-Policy': 'no-referrer', 'X-Content-Type-Options': 'nosniff' };

const answer = (app: string, flow: CodeFlow): RequestListener => {
  return (request, response) => {
    const [path, query] = (request.url ?? '').split('?', 2);
    const send = (status: number, type: string, text: string): void => {
      response.writeHead(status, { ...HEADERS, 'Content-Type': `text/${type}; charset=utf-8` }).end(text);
    };
    if (path === '/') return send(200, 'html', app);
    if (path === '/callback') return send(200, 'plain', `${flow.describe(new URLSearchParams(query))}\n`);
    return send(404, 'plain', 'There is no such page.\n');
  };
};

/** Serves the single-page application for a gateway, and the page of its printed authorization request. */
export const startDemoPages = async (gateway: CalledGateway): Promise<DemoPages> => {
  const app = (await readFile(FILE, 'utf8')).replaceAll(ADDRESS_IN_FILE, gateway.url);
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  server.on('error', () => undefined); // a connection that cannot be accepted must not end the process
  server.unref(); // it ends with the gateway
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const flow = new CodeFlow(gateway, `${url}/callback`);
  server.on('request', answer(app, flow));
  return {
    url: `${url}/`,
    authorizeUrl: flow.address,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
};
