// oidc-provider in an Express app, where the other endpoints are.
import express from 'express';
import { isStored, provider } from '../rig/oidc-provider.mjs';
import { serveTokens } from '../rig/token-endpoint.mjs';

const app = express();
app.use(provider.callback());

await serveTokens(app, { isStored });
