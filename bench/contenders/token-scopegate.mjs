// scopegate with a declared client.
import express from 'express';
import { createGate } from '../rig/gate.mjs';
import { serveTokens } from '../rig/token-endpoint.mjs';

const gate = createGate();
const app = express();
app.use(gate.routes());

await gate.ready();
await serveTokens(app, { isStored: async (token) => (await gate.explain(token, 'read')).allowed });
