// scopegate with a client that was created at run time: Redis holds the client and the digest of its secret.
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
