import {
  ADVERTISED_ENDPOINTS,
  ENDPOINTS,
  type AdvertisedEndpointName,
  type EndpointPaths,
  type WellKnownEndpointName,
} from './endpoints';
import type { Scope } from './scope';

/** The issuer identifier, parsed once. */
export interface IssuerAddress {
  /** Byte for byte as configured: clients compare it (RFC 8414 §3.3). */
  readonly text: string;
  readonly origin: string;
  /** Without a trailing slash; empty if the issuer has no path. */
  readonly path: string;
}

export const readIssuer = (text: string): IssuerAddress => {
  const { origin, pathname } = new URL(text);
  return { text, origin, path: pathname.replace(/\/+$/, '') };
};

/** Returns the URL of an endpoint: the issuer followed by the endpoint's path. */
export const endpointAddress = ({ text }: IssuerAddress, path: string): string => text.replace(/\/+$/, '') + path;

type WellKnownSuffix = (typeof ENDPOINTS)[WellKnownEndpointName]['suffix'];

/** Inserts the well-known string between host and path (RFC 8414 §3.1, RFC 9728 §3.1). */
export const wellKnownPath = (suffix: WellKnownSuffix, path: string): string => `/.well-known/${suffix}${path}`;

export interface AuthorizationServer {
  readonly issuer: IssuerAddress;
  /** Paths of the endpoints; `false` for an endpoint that is not mounted. */
  readonly paths: Pick<EndpointPaths, AdvertisedEndpointName>;
  readonly grantTypes: readonly string[];
  readonly scopes: Scope;
  readonly resources: readonly string[];
}

const WITH_SECRET = ['client_secret_basic', 'client_secret_post'];

/** Endpoints that public clients use: they get their tokens by authorization code. */
const FOR_PUBLIC_CLIENTS: ReadonlySet<AdvertisedEndpointName> = new Set(['token', 'revoke']);

/** Members for the authorization endpoint (RFC 8414 §2, RFC 9207 §3). */
const AUTHORIZATION = {
  response_types_supported: ['code'],
  response_modes_supported: ['query', 'form_post'],
  code_challenge_methods_supported: ['S256'],
  authorization_response_iss_parameter_supported: true,
};

/** `response_types_supported` is required, therefore included; empty without an authorization endpoint. */
const NO_AUTHORIZATION = { response_types_supported: [] };

/** Builds a list member of metadata. An empty list is omitted (RFC 8414 §3.2, RFC 9728 §3.2). */
const list = (name: string, values: readonly string[]): Readonly<Record<string, readonly string[]>> =>
  values.length === 0 ? {} : { [name]: values };

/** Builds authorization server metadata (RFC 8414 §2). Only mounted endpoints are included. */
export const authorizationServerMetadata = (server: AuthorizationServer): object => {
  const { issuer, paths, grantTypes, scopes, resources } = server;
  const hasAuthorization = paths.authorize !== false;
  const methodsOf = (name: AdvertisedEndpointName): readonly string[] =>
    hasAuthorization && FOR_PUBLIC_CLIENTS.has(name) ? [...WITH_SECRET, 'none'] : WITH_SECRET;
  const membersOf = (name: AdvertisedEndpointName): readonly (readonly [string, unknown])[] => {
    const [path, { kind, metadata }] = [paths[name], ENDPOINTS[name]];
    if (path === false) return [];
    const address = [`${metadata}_endpoint`, endpointAddress(issuer, path)] as const;
    return kind === 'page' ? [address] : [address, [`${metadata}_endpoint_auth_methods_supported`, methodsOf(name)]];
  };
  return {
    issuer: issuer.text,
    ...Object.fromEntries(ADVERTISED_ENDPOINTS.flatMap(membersOf)),
    ...(hasAuthorization ? AUTHORIZATION : NO_AUTHORIZATION),
    // If omitted, it defaults to authorization code and implicit (RFC 8414 §2), of which the second is not supported.
    grant_types_supported: paths.token === false ? [] : grantTypes,
    ...list('scopes_supported', scopes),
    ...list('protected_resources', resources), // RFC 9728 §4
  };
};

export interface ProtectedResourceFacts {
  /** The resource identifier: an https URL without a fragment (RFC 9728 §1.2). */
  readonly resource: string;
  readonly issuer: IssuerAddress;
  /** The scopes that its guards name. */
  readonly scopes: Scope;
  /** Human-readable name. */
  readonly name?: string;
}

/** Builds protected resource metadata (RFC 9728 §2). */
export const protectedResourceMetadata = ({ resource, issuer, scopes, name }: ProtectedResourceFacts): object => ({
  resource,
  authorization_servers: [issuer.text],
  ...list('scopes_supported', scopes),
  bearer_methods_supported: ['header'],
  ...(name === undefined ? {} : { resource_name: name }),
});
