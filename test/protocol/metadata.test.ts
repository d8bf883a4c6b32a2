import {
  authorizationServerMetadata,
  endpointAddress,
  protectedResourceMetadata,
  readIssuer,
  wellKnownPath,
  type AuthorizationServer,
} from '../../src/protocol/metadata';

describe('the issuer', () => {
  it.each([
    ['https://api.example.com', 'https://api.example.com', ''],
    ['https://api.example.com/', 'https://api.example.com', ''],
    ['https://api.example.com:8443', 'https://api.example.com:8443', ''],
    ['https://api.example.com:443/a', 'https://api.example.com', '/a'],
    ['https://api.example.com/tenants/a', 'https://api.example.com', '/tenants/a'],
    ['https://api.example.com/tenants/a/', 'https://api.example.com', '/tenants/a'],
    ['https://API.Example.com/A', 'https://api.example.com', '/A'],
    ['http://[::1]:8080/a', 'http://[::1]:8080', '/a'],
  ])('%s has the origin %s and the path "%s", and keeps its text', (text, origin, path) => {
    expect(readIssuer(text)).toEqual({ text, origin, path });
  });

  it.each([
    ['https://api.example.com', 'https://api.example.com/token'],
    ['https://api.example.com/', 'https://api.example.com/token'],
    ['https://api.example.com/tenants/a', 'https://api.example.com/tenants/a/token'],
    ['https://api.example.com/tenants/a/', 'https://api.example.com/tenants/a/token'],
    ['https://api.example.com:443/a', 'https://api.example.com:443/a/token'],
  ])('%s has its token endpoint at %s', (text, address) => {
    expect(endpointAddress(readIssuer(text), '/token')).toBe(address);
  });
});

test('the well-known segment precedes the path', () => {
  expect(wellKnownPath('oauth-authorization-server', '')).toBe('/.well-known/oauth-authorization-server');
  expect(wellKnownPath('oauth-protected-resource', '/v1/orders')).toBe(
    '/.well-known/oauth-protected-resource/v1/orders',
  );
});

const server: AuthorizationServer = {
  issuer: readIssuer('https://api.example.com/a/'),
  paths: { authorize: false, token: '/token', revoke: '/revoke', introspect: '/introspect' },
  grantTypes: ['password', 'refresh_token'],
  scopes: ['read', 'update'],
  resources: ['https://api.example.com/orders'],
};

describe('the metadata of an authorization server', () => {
  it('contain its issuer, its endpoints and what they support, and nothing else', () => {
    expect(authorizationServerMetadata(server)).toStrictEqual({
      issuer: 'https://api.example.com/a/',
      token_endpoint: 'https://api.example.com/a/token',
      token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
      revocation_endpoint: 'https://api.example.com/a/revoke',
      revocation_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
      introspection_endpoint: 'https://api.example.com/a/introspect',
      introspection_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
      response_types_supported: [],
      grant_types_supported: ['password', 'refresh_token'],
      scopes_supported: ['read', 'update'],
      protected_resources: ['https://api.example.com/orders'],
    });
  });

  it('contain what the authorization endpoint supports, and that public clients need not authenticate', () => {
    const paths = { ...server.paths, authorize: '/authorize' };
    expect(authorizationServerMetadata({ ...server, paths, scopes: [], resources: [] })).toStrictEqual({
      issuer: 'https://api.example.com/a/',
      authorization_endpoint: 'https://api.example.com/a/authorize',
      token_endpoint: 'https://api.example.com/a/token',
      token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'none'],
      revocation_endpoint: 'https://api.example.com/a/revoke',
      revocation_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'none'],
      introspection_endpoint: 'https://api.example.com/a/introspect',
      introspection_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
      response_types_supported: ['code'],
      response_modes_supported: ['query', 'form_post'],
      code_challenge_methods_supported: ['S256'],
      authorization_response_iss_parameter_supported: true,
      grant_types_supported: ['password', 'refresh_token'],
    });
  });

  it('omit what is not mounted and empty lists', () => {
    const paths = { authorize: false, token: '/token', revoke: false, introspect: false } as const;
    expect(authorizationServerMetadata({ ...server, paths, scopes: [], resources: [] })).toStrictEqual({
      issuer: 'https://api.example.com/a/',
      token_endpoint: 'https://api.example.com/a/token',
      token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
      response_types_supported: [],
      grant_types_supported: ['password', 'refresh_token'],
    });
  });

  it('contain an empty list of grant types without a token endpoint, because omission would mean two', () => {
    const document = authorizationServerMetadata({ ...server, paths: { ...server.paths, token: false } });
    expect(document).toHaveProperty('grant_types_supported', []);
    expect(Object.keys(document).filter((name) => name.startsWith('token_'))).toEqual([]);
  });
});

describe('the metadata of a protected resource', () => {
  const { issuer } = server;

  it('contain the resource, its authorization server, its scopes and how a token is sent', () => {
    const resource = 'https://api.example.com/orders';
    expect(protectedResourceMetadata({ resource, issuer, scopes: ['read'], name: 'Orders' })).toStrictEqual({
      resource,
      authorization_servers: ['https://api.example.com/a/'],
      scopes_supported: ['read'],
      bearer_methods_supported: ['header'],
      resource_name: 'Orders',
    });
  });

  it('omit scopes and name if there are none', () => {
    const resource = 'https://api.example.com';
    expect(protectedResourceMetadata({ resource, issuer, scopes: [] })).toStrictEqual({
      resource,
      authorization_servers: ['https://api.example.com/a/'],
      bearer_methods_supported: ['header'],
    });
  });
});
