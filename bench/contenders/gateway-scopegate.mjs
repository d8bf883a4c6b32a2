// The example gateway as `npm run build` compiles it, with all features on: access log, metrics, CORS, a plan,
// Redis.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serveAt } from '../rig/contender.mjs';
import { CONTEXT, prepareGuarded, upstream } from '../rig/gateway.mjs';

const require = createRequire(new URL('../../example-gateway/dist/main.js', import.meta.url));
const { pino } = require('pino');
const { startGateway } = require('./gateway.js');
const { LogStream } = require('./log/log-stream.js');

const CLIENT = { consumerKey: 'key', consumerSecret: 'a-secret-of-the-benchmark' };

const gateway = {
  listen: { host: '127.0.0.1', port: 0 },
  issuer: 'http://127.0.0.1',
  redis: process.env.BENCH_REDIS_URL,
  metrics: { host: '127.0.0.1', port: 0 },
  cors: true,
  log: { level: 'info', access: true },
  plans: { partner: { requests: 1_000_000_000, per: 86_400 } },
  scopes: { read: 'See orders', update: 'Change orders' },
  apis: {
    orders: {
      context: CONTEXT,
      upstream: upstream.origin,
      plans: ['partner'],
      resources: [
        { path: '/', methods: ['GET'], scopes: ['read'] },
        { path: '/:id', methods: ['GET'], scopes: ['read'] },
        { path: '/:id', methods: ['PUT', 'PATCH'], scopes: ['update'] },
      ],
    },
  },
  applications: [{ name: 'Orders app', ...CLIENT, grantTypes: ['client_credentials'], subscriptions: ['orders'] }],
};

const folder = mkdtempSync(join(tmpdir(), 'scopegate-bench-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
const file = join(folder, 'gateway.json');
writeFileSync(file, JSON.stringify(gateway));

const open = async () => {
  const logger = pino({}, new LogStream(connect(process.env.BENCH_LOG)));
  const { url } = await startGateway({ file, environment: {}, logger });
  return Number(new URL(url).port);
};

/** Sends a form to an endpoint of the gateway. */
const post = async (url, fields) => {
  const credentials = Buffer.from(`${CLIENT.consumerKey}:${CLIENT.consumerSecret}`).toString('base64');
  const response = await fetch(url, {
    method: 'POST',
    headers: { authorization: `Basic ${credentials}` },
    body: new URLSearchParams(fields),
  });
  if (!response.ok) throw new Error(`${url} responded with ${response.status} ${await response.text()}`);
  return response;
};

const prepare = (url) => {
  const issue = async (scope) => {
    const response = await post(`${url}/token`, { grant_type: 'client_credentials', scope });
    return (await response.json()).access_token;
  };
  const end = (token) => post(`${url}/revoke`, { token });
  return prepareGuarded(issue, end)(url);
};

await serveAt(open, { prepare });
