// scopegate with a client that was made at run time: it is in Redis, and so is its secret's digest.
import express from 'express';
import { createGate } from '../rig/gate.mjs';
import { serveTokens } from '../rig/token-endpoint.mjs';

const gate = createGate();
const app = express();
app.use(gate.routes());

const makeClient = async () => {
  const { id } = await gate.directory.applications.create({ name: 'Made app', scopes: ['read'] });
  const { clientId, clientSecret } = await gate.directory.applications.generateKeys(id, { environment: 'production' });
  return { id: clientId, secret: clientSecret };
};

await gate.ready();
await serveTokens(app, {
  client: makeClient,
  isStored: async (token) => (await gate.explain(token, 'read')).allowed,
});
