/** Texts of the page that connects an agent (MCP client) to an API. */
export const agent = {
  title: (api: string) => `Connect an agent to ${api}`,
  intro:
    'An agent, such as an MCP client, finds everything that it needs from the address of the API. It needs a client id, because clients do not register themselves here.',
  steps: 'Steps',
  create: 'Create an application, or use one of yours',
  makePublic: (box: string) =>
    `On its page, tick "${box}" for an agent on the computer of its user, and enter these redirect URIs. The agent chooses the port.`,
  subscribe: 'Subscribe the application to this API',
  copyKey: 'Use its consumer key as the client id of the agent. A public application has no secret.',
  addresses: 'Addresses',
  resource: 'Resource',
  resourceMetadata: 'Metadata of the resource (RFC 9728)',
  serverMetadata: 'Metadata of the authorization server (RFC 8414)',
  authorizeUrl: 'Authorization endpoint',
  tokenUrl: 'Token endpoint',
  scopes: 'Scopes',
  noScopes: 'none: any live token',
  clientId: 'Your client ids',
  configuration: 'Configuration',
  forUser: 'A client that signs in a user',
  forUserHint:
    'For clients that take the client id from the entry of the server. Others ask for the address and then for the client id.',
  bridge: 'A client that starts programs only',
  bridgeHint: 'The program mcp-remote signs in the user and passes messages on.',
  header: 'A client that sends a fixed header',
  headerHint: 'Paste a token from Generate token into the variable. It works until the token expires.',
  forService: 'An agent without a user',
  forServiceHint:
    'It uses an application with a secret and the client credentials grant. Clients that follow the OAuth client credentials extension of MCP need the resource, the client id and the secret; this request shows what they send.',
  noAuthorize:
    'This gateway has no authorization endpoint, so agents cannot sign in users. Use client credentials or a fixed header.',
  noToken: 'This gateway has no token endpoint, so agents cannot get tokens. Paste one that you have.',
  noResourceMetadata:
    'The metadata of the resource is switched off. Enter the endpoints and the scopes into the agent yourself.',
  noServerMetadata:
    'The metadata of the authorization server is switched off. Enter the endpoints and the scopes into the agent yourself.',
  clientIdPlaceholder: 'YOUR_CLIENT_ID',
  copyConfiguration: 'the configuration',
  copyRequest: 'the request',
  redirectUris: 'Redirect URIs',
};
