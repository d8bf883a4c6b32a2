import { UnauthorizedError } from '@modelcontextprotocol/sdk/client/auth.js';
import { ClientCredentialsProvider } from '@modelcontextprotocol/sdk/client/auth-extensions.js';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { mcpSteps } from '../rig/mcp-steps.mjs';

const responseOf = ({ searchParams }) => searchParams.get('code');

const sdk = { Client, ClientCredentialsProvider, StreamableHTTPClientTransport, UnauthorizedError, responseOf };

export const run = async ({ issuer, library, step }) => {
  await mcpSteps({ issuer, step }, sdk, 'example gateway');
  await mcpSteps({ issuer: library, step }, sdk, 'gate.api()');
};
