import type { Scope } from './scope';

/** The issuer, taken apart once. */
export interface IssuerAddress {
  /** Byte for byte as it was given: clients compare it (RFC 8414 §3.3). */
  readonly text: string;
  readonly origin: string;
  /** Without a slash at its end; empty where the issuer is a host. */
  readonly path: string;
}

export const readIssuer = (text: string): IssuerAddress => {
  const { origin, pathname } = new URL(text);
  return { text, origin, path: pathname.replace(/\/+$/, '') };
};

/** An endpoint's address: the issuer and the endpoint's path. */
export const endpointAddress = ({ text }: IssuerAddress, path: string): string => text.replace(/\/+$/, '') + path;

/** The well-known word stands between host and path (RFC 8414 §3.1, RFC 9728 §3.1). */
export const wellKnownPath = (word: 'oauth-authorization-server' | 'oauth-protected-resource', path: string): string =>
  `/.well-known/${word}${path}`;

export interface AuthorizationServer {
  readonly issuer: IssuerAddress;
  /** Paths of what is mounted. */
  readonly paths: {
    readonly token: string | false;
    readonly revoke: string | false;
    readonly introspect: string | false;
  };
  readonly grantTypes: readonly string[];
  readonly scopes: Scope;
  readonly resources: readonly string[];
}

const CLIENT_AUTHENTICATION = ['client_secret_basic', 'client_secret_post'];

/** A list member of metadata. One without elements is left out (RFC 8414 §3.2, RFC 9728 §3.2). */
const list = (name: string, values: readonly string[]): Readonly<Record<string, readonly string[]>> =>
  values.length === 0 ? {} : { [name]: values };

/** Authorization server metadata, RFC 8414 §2: what is mounted, and nothing else. */
export const authorizationServerMetadata = (server: AuthorizationServer): object => {
  const { issuer, paths, grantTypes, scopes, resources } = server;
  const endpoint = (name: string, path: string | false): object =>
    path === false
      ? {}
      : {
          [`${name}_endpoint`]: endpointAddress(issuer, path),
          [`${name}_endpoint_auth_methods_supported`]: CLIENT_AUTHENTICATION,
        };
  return {
    issuer: issuer.text,
    ...endpoint('token', paths.token),
    ...endpoint('revocation', paths.revoke),
    ...endpoint('introspection', paths.introspect),
    // Required, so it is here, though there is no authorization endpoint and it has no element.
    response_types_supported: [],
    // Left out it would mean authorization code and implicit (RFC 8414 §2), which there are none of.
    grant_types_supported: paths.token === false ? [] : grantTypes,
    ...list('scopes_supported', scopes),
    ...list('protected_resources', resources), // RFC 9728 §4
  };
};

export interface ProtectedResourceFacts {
  /** Its identifier: an https address without fragment (RFC 9728 §1.2). */
  readonly resource: string;
  readonly issuer: IssuerAddress;
  /** The scopes that its guards name. */
  readonly scopes: Scope;
  /** For people. */
  readonly name?: string;
}

/** Protected resource metadata, RFC 9728 §2. */
export const protectedResourceMetadata = ({ resource, issuer, scopes, name }: ProtectedResourceFacts): object => ({
  resource,
  authorization_servers: [issuer.text],
  ...list('scopes_supported', scopes),
  bearer_methods_supported: ['header'],
  ...(name === undefined ? {} : { resource_name: name }),
});
