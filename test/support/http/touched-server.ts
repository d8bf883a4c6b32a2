// A process of its own: a gate behind every middleware of `touches`, chosen by the header X-Touch. Prints its port.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { scopegate } from '../../../src/index';
import { touches } from './touches';

const gate = scopegate({
  issuer: 'http://127.0.0.1',
  scopes: { read: 'See orders' },
  applications: [{ name: 'App', consumerKey: 'key', consumerSecret: 'secret' }],
  logger: { info: () => undefined, warn: () => undefined, error: () => Promise.reject(new Error('a logger rejects')) },
});
gate.on('deny', () => Promise.reject(new Error('a listener rejects')));

const app = express();
app.use((request, response, next) => {
  const touch = touches[Number(request.headers['x-touch'] ?? -1)];
  if (touch === undefined) next();
  else void touch.handler(request, response, next);
});
app.use(gate.routes());
app.use('/store', gate.portal());

const server = createServer(app);
server.listen(0, '127.0.0.1', () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`));
