import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import express, { type Express, type RequestHandler } from 'express';
import pino from 'pino';
import { ExpressRequest, ExpressResponse, keepPrototypes } from '../src/express-messages';
import { drain } from '../src/listening';
import { openServer } from '../src/server';

const server = openServer({ tls: undefined, logger: pino({ level: 'silent' }) });
let serving: Express;

const hasPrototypes = (request: IncomingMessage, response: ServerResponse): boolean =>
  Object.getPrototypeOf(request) === ExpressRequest.prototype &&
  Object.getPrototypeOf(response) === ExpressResponse.prototype;

server.on('request', (request: IncomingMessage, response: ServerResponse) => {
  serving(request, response);
});

const appWith = (settings: { readonly trustProxy: boolean }, handler: RequestHandler): Express => {
  const app = express();
  app.set('trust proxy', settings.trustProxy);
  keepPrototypes(app);
  app.use(handler);
  return app;
};

const get = async (): Promise<unknown> => {
  const { port } = server.address() as AddressInfo;
  const response = await fetch(`http://127.0.0.1:${port}/`, { headers: { 'X-Forwarded-For': '192.0.2.1' } });
  return response.json();
};

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(() => drain(server, 0));

test('Express keeps the prototypes that requests and responses of the server have from the start', async () => {
  const app = appWith({ trustProxy: false }, (request, response) => response.json(hasPrototypes(request, response)));
  let isBefore = false;
  server.prependOnceListener('request', (request: IncomingMessage, response: ServerResponse) => {
    isBefore = hasPrototypes(request, response);
  });
  serving = app;
  expect(await get()).toBe(true);
  expect(isBefore).toBe(true);
});

test('a request has the settings of the app that serves it, if another app exists as well', async () => {
  const address: RequestHandler = (request, response) => response.json(request.ip);
  const [trusting, strict] = [appWith({ trustProxy: true }, address), appWith({ trustProxy: false }, address)];
  serving = trusting;
  expect(await get()).toBe('192.0.2.1');
  serving = strict;
  expect(await get()).toBe('127.0.0.1');
});
