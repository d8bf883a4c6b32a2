import {
  Client,
  ClientCredentialsProvider,
  StreamableHTTPClientTransport,
  UnauthorizedError,
} from '@modelcontextprotocol/client';
import { mcpSteps } from '../rig/mcp-steps.mjs';

const responseOf = ({ searchParams }) => searchParams;

const sdk = { Client, ClientCredentialsProvider, StreamableHTTPClientTransport, UnauthorizedError, responseOf };

export const run = async ({ issuer, library, step }) => {
  await mcpSteps({ issuer, step }, sdk, 'example gateway');
  await mcpSteps({ issuer: library, step }, sdk, 'gate.api()');
};
