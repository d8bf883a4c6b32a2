// Stores as many live tokens as its parent requests, through the store that gates use, so that Redis then holds what
// issuing would have left there. Issuing a million of them at the token endpoint would take minutes.
import { createServer } from 'node:http';
import { Redis } from 'ioredis';
import { resolveOptions } from '../../../dist/options/settings.js';
import { mintAccessToken, mintGrantId } from '../../../dist/protocol/secrets.js';
import { openBackend } from '../../../dist/stores/open-backend.js';
import { openStores } from '../../../dist/stores/stores.js';
import { serve } from '../../rig/contender.mjs';
import { CLIENT } from '../orders.mjs';

const LIFETIME = 86_400;
const UNDER_WAY = 2_000;

const settingsFor = (redis) =>
  resolveOptions({
    issuer: 'http://127.0.0.1',
    redis: new Redis(redis),
    cache: false,
    deadline: 60_000,
    logger: { info: () => {}, warn: () => {}, error: (...what) => process.stderr.write(`${JSON.stringify(what)}\n`) },
  });

const newToken = () => {
  const { text, digest } = mintAccessToken(mintGrantId());
  const grantId = text.slice(4, 20);
  const now = Date.now() / 1000;
  const facts = { clientId: CLIENT.id, environment: 'production', scopes: ['orders:read', 'orders:update'] };
  return { text, record: { grantId, ...facts, digest, subscriptions: [], issuedAt: now, expiresAt: now + LIFETIME } };
};

/** Stores `count` tokens and returns an evenly spaced sample of `sampled` tokens in random order. */
const fill = async ({ redis, count, sampled }) => {
  const settings = settingsFor(redis);
  const stores = openStores(openBackend({ ...settings, emit: () => undefined }), settings);
  await stores.ready();
  const kept = [];
  let stored = 0;
  const worker = async () => {
    while (stored < count) {
      const number = stored;
      stored += 1;
      const { text, record } = newToken();
      await stores.tokens.save(record);
      if (number % Math.floor(count / sampled) === 0 && kept.length < sampled) kept.push({ text, at: Math.random() });
    }
  };
  await Promise.all(Array.from({ length: UNDER_WAY }, worker));
  await stores.close();
  settings.redis.disconnect();
  return kept.sort((left, right) => left.at - right.at).map(({ text }) => text);
};

await serve(createServer(), { answers: { fill } });
