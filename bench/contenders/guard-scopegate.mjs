// scopegate: an unguarded route in the same app, a guard with cached tokens, and a gate whose cache has one entry, with
// so many tokens in turn that every request queries Redis.
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
