import type { Api } from '../../access/api';
import type { AgentAddresses } from './agent-addresses';

/** Redirect URIs of agents on the computer of their user: those of MCP clients, and that of mcp-remote. */
export const AGENT_REDIRECT_URIS = [
  'http://localhost/callback',
  'http://127.0.0.1/callback',
  'http://localhost/oauth/callback',
] as const;

type Named = Pick<Api, 'name'>;

const entryOf = ({ name }: Named, entry: object): string => JSON.stringify({ mcpServers: { [name]: entry } }, null, 2);

/** Prints the entry of a client that signs in a user by the code flow. */
export const userConfiguration = (api: Named, { resource }: AgentAddresses, clientId: string): string =>
  entryOf(api, { type: 'http', url: resource, oauth: { clientId } });

/** Prints the entry of a client that starts mcp-remote. */
export const bridgeConfiguration = (api: Named, { resource }: AgentAddresses, clientId: string): string =>
  entryOf(api, {
    command: 'npx',
    args: ['-y', 'mcp-remote', resource, '--static-oauth-client-info', JSON.stringify({ client_id: clientId })],
  });

/** Prints the entry of a client that sends a token which its user has. */
export const headerConfiguration = (api: Named, { resource }: AgentAddresses): string =>
  entryOf(api, { type: 'http', url: resource, headers: { Authorization: 'Bearer ${ACCESS_TOKEN}' } });

const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;

/** Prints the token request of an agent that acts for itself. @returns `undefined` without a token endpoint */
export const serviceRequest = ({ resource, tokenUrl, scopes }: AgentAddresses): string | undefined => {
  if (tokenUrl === undefined) return undefined;
  const scope = scopes.length === 0 ? [] : [`  -d scope=${quoted(scopes.join(' '))}`];
  const lines = [
    `curl -u "$CLIENT_ID:$CLIENT_SECRET"`,
    '  -d grant_type=client_credentials',
    `  -d resource=${quoted(resource)}`,
    ...scope,
    `  ${quoted(tokenUrl)}`,
  ];
  return lines.join(' \\\n');
};
