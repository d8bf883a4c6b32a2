// Express Gateway with its policies oauth2 and proxy, over the run's Redis.
import crypto, { createCipheriv, createDecipheriv, createHash } from 'node:crypto';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serveAt } from '../rig/contender.mjs';
import { CONTEXT, prepareGuarded, upstream } from '../rig/gateway.mjs';

// Node 22 removed the functions with which it encrypts tokens. These derive the key only once, so they cost less.
const KEY = [createHash('sha256').update('secret').digest(), Buffer.alloc(16)];
crypto.createCipher ??= () => createCipheriv('aes-256-cbc', ...KEY);
crypto.createDecipher ??= () => createDecipheriv('aes-256-cbc', ...KEY);

const require = createRequire(new URL('../express-gateway/package.json', import.meta.url));

const gateway = {
  http: { port: 0, hostname: '127.0.0.1' },
  apiEndpoints: { orders: { host: '*', paths: [`${CONTEXT}/*`], methods: ['GET'], scopes: ['read'] } },
  serviceEndpoints: { upstream: { url: upstream.origin } },
  policies: ['oauth2', 'proxy'],
  pipelines: {
    orders: {
      apiEndpoints: ['orders'],
      policies: [{ oauth2: null }, { proxy: { action: { serviceEndpoint: 'upstream' } } }],
    },
  },
};

const HOUR = 3_600_000;

const system = {
  db: { redis: { emulate: false, namespace: 'EG', path: process.env.BENCH_REDIS } },
  crypto: { cipherKey: 'secret', algorithm: 'aes256', saltRounds: 10 },
  session: { secret: 'secret', resave: false, saveUninitialized: false },
  accessTokens: { timeToExpiry: HOUR },
  refreshTokens: { timeToExpiry: HOUR },
  authorizationCodes: { timeToExpiry: HOUR },
};

// The files that Express Gateway reads when it is loaded. JSON is YAML as well.
const folder = mkdtempSync(join(tmpdir(), 'scopegate-bench-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
writeFileSync(join(folder, 'gateway.config.yml'), JSON.stringify(gateway));
writeFileSync(join(folder, 'system.config.yml'), JSON.stringify(system));
const models = new URL('../express-gateway/node_modules/express-gateway/lib/config/models', import.meta.url);
cpSync(models, join(folder, 'models'), { recursive: true });
process.env.EG_DISABLE_CONFIG_WATCH = 'true';
process.env.LOG_LEVEL = 'warn';
const main = require('express-gateway')().load(folder);

const open = async () => {
  const [{ app: server }] = await main.run();
  return server.address().port;
};

/** Returns what issues and ends tokens of an application, through its services: its token endpoint issues only one. */
const tokens = async () => {
  const { user, application, credential, token } = require('express-gateway/lib/services');
  await credential.insertScopes(['read', 'update']);
  const { id: owner } = await user.insert({ username: 'ana', firstname: 'Ana', lastname: 'Example' });
  const { id: consumerId } = await application.insert({ name: 'Orders app' }, owner);
  await credential.insertCredential(consumerId, 'oauth2', { scopes: ['read', 'update'] });
  return {
    issue: async (scope) => (await token.save({ consumerId, authType: 'oauth2', scopes: [scope] })).access_token,
    end: (accessToken) => token.revoke(accessToken),
  };
};

await serveAt(open, {
  prepare: async (url) => {
    const { issue, end } = await tokens();
    return prepareGuarded(issue, end, 401)(url);
  },
});
