import assert from 'node:assert/strict';
import { TOOLS_SERVICE, USER } from './applications.mjs';
import { Agent } from './agent.mjs';
import { authorize } from './browser.mjs';

const expectTools = async (client) => {
  const { tools } = await client.listTools();
  assert.deepEqual(
    tools.map(({ name }) => name),
    ['list-orders'],
  );
  const { content } = await client.callTool({ name: 'list-orders', arguments: {} });
  assert.equal(content[0].text, 'Tea, Coffee');
};

/** Runs a function with a client that is connected, and closes it. */
const connected = async (sdk, issuer, { authProvider, use }) => {
  const client = new sdk.Client({ name: 'test-agent', version: '1.0.0' });
  const transport = new sdk.StreamableHTTPClientTransport(new URL(`${issuer}/mcp`), { authProvider });
  try {
    await client.connect(transport);
    await use(client);
  } finally {
    await client.close();
  }
};

/** Connects without a token, so that the SDK discovers the server and sends the user to it. */
const sendUser = async (sdk, issuer, agent) => {
  await assert.rejects(connected(sdk, issuer, { authProvider: agent, use: () => {} }), sdk.UnauthorizedError);
  assert.equal(agent.address.searchParams.get('resource'), `${issuer}/mcp`);
  assert.equal(agent.address.searchParams.get('scope'), 'tools');
  const response = await authorize(agent.address, USER);
  agent.checkState(response);
  assert.equal(response.searchParams.get('iss'), issuer);
  return response;
};

/**
 * Steps of one MCP SDK against one host.
 *
 * @param sdk its classes, and `responseOf`: what `finishAuth` of this version takes of the response
 */
export const mcpSteps = async ({ issuer, step }, sdk, host) => {
  await step(`lists and calls tools by client credentials (${host})`, async () => {
    const { id: clientId, secret: clientSecret } = TOOLS_SERVICE;
    const authProvider = new sdk.ClientCredentialsProvider({ clientId, clientSecret, expectedIssuer: issuer });
    await connected(sdk, issuer, { authProvider, use: expectTools });
  });
  const agent = new Agent();
  const response = await step(`discovers the server from the 401, and gets a code for the resource (${host})`, () =>
    sendUser(sdk, issuer, agent),
  );
  await step(`redeems the code, and lists and calls tools (${host})`, async () => {
    const transport = new sdk.StreamableHTTPClientTransport(new URL(`${issuer}/mcp`), { authProvider: agent });
    await transport.finishAuth(sdk.responseOf(response));
    await connected(sdk, issuer, { authProvider: agent, use: expectTools });
  });
  await step(`refreshes by itself after a 401, without the user (${host})`, async () => {
    const { refresh_token: before } = agent.tokens();
    agent.saveTokens({ ...agent.tokens(), access_token: 'sga_expired' });
    agent.address = undefined;
    await connected(sdk, issuer, { authProvider: agent, use: expectTools });
    assert.equal(agent.address, undefined);
    assert.notEqual(agent.tokens().refresh_token, before);
  });
};
