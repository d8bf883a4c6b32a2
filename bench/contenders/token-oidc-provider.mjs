// oidc-provider, started as in its README: on a server of its own, without Express.
import { createServer } from 'node:http';
import { isStored, provider } from '../rig/oidc-provider.mjs';
import { serveTokens } from '../rig/token-endpoint.mjs';

await serveTokens(createServer(provider.callback()), { isStored });
