// scopegate: a route without a guard in the same app, tokens that were seen a moment ago, and a gate with a cache of one entry
// and tokens that come round late, so that every request asks Redis.
import express from 'express';
import { createGate, issueTokens } from '../rig/gate.mjs';
import { loadOf, orders, PATH, serveGuarded } from '../rig/guarded-route.mjs';

const [gate, forgetful] = [createGate(), createGate({ cache: { maxEntries: 1 } })];
const app = express();
app.use(gate.routes());
app.get('/open', orders);
app.get(PATH, gate.requireScope('read'), orders);
app.get('/missed', forgetful.requireScope('read'), orders);

await gate.ready();
await forgetful.ready();
await serveGuarded(
  app,
  () => issueTokens(gate, 50),
  async ({ good }) => {
    const { good: many } = await issueTokens(gate, 2_000);
    return { open: loadOf('/open', good), missed: loadOf('/missed', many) };
  },
);
