interface Described {
  /** Sentence for docs/options.md, in Markdown. */
  readonly doc: string;
}

interface FormEndpoint extends Described {
  readonly kind: 'form';
  /** Default path below the mount path. */
  readonly path: string;
  /** Name in authorization server metadata, before `_endpoint` (RFC 8414 §2). If omitted, it is not included there. */
  readonly metadata?: string;
}

/** An endpoint that takes an access token in place of client credentials. */
interface BearerEndpoint extends Described {
  readonly kind: 'bearer';
  /** Default path below the mount path. */
  readonly path: string;
}

/** Pages for browsers: a path and everything below it. */
interface PageEndpoint extends Described {
  readonly kind: 'page';
  /** Default path below the mount path. */
  readonly path: string;
  /** Name in authorization server metadata, before `_endpoint` (RFC 8414 §2). */
  readonly metadata: string;
}

interface HealthEndpoint extends Described {
  readonly kind: 'health';
  /** Default path below the mount path. */
  readonly path: string;
}

/** A metadata document. Its path is defined by its RFC. */
interface WellKnownEndpoint extends Described {
  readonly kind: 'well-known';
  /** The registered suffix after `/.well-known/` (RFC 8615 §3.1). */
  readonly suffix: string;
}

/**
 * The endpoints of `gate.routes()`. A row needs its handler in `endpoints/endpoints.ts`; its comment documents the option
 * `paths`. All but health and metadata are also places of `deny` events.
 */
export const ENDPOINTS = {
  /** The pages for sign-in and consent are below it. @default '/authorize' */
  authorize: {
    kind: 'page',
    path: '/authorize',
    metadata: 'authorization',
    doc: 'Authorization endpoint (RFC 6749 §3.1); the pages for sign-in and consent are below it.',
  },
  /** @default '/token' */
  token: { kind: 'form', path: '/token', metadata: 'token', doc: 'Token endpoint (RFC 6749 §3.2).' },
  /** RFC 7009. @default '/revoke' */
  revoke: { kind: 'form', path: '/revoke', metadata: 'revocation', doc: 'Revocation endpoint (RFC 7009).' },
  /** RFC 7662. @default '/introspect' */
  introspect: {
    kind: 'form',
    path: '/introspect',
    metadata: 'introspection',
    doc: 'Introspection endpoint (RFC 7662).',
  },
  /** Mounted if an API has `websocket: true`. @default '/ws-ticket' */
  webSocketTicket: {
    kind: 'bearer',
    path: '/ws-ticket',
    doc: 'One-time tickets for WebSocket handshakes; mounted if an API has `websocket: true`.',
  },
  /** RFC 8414, `/.well-known/oauth-authorization-server`. */
  authorizationServerMetadata: {
    kind: 'well-known',
    suffix: 'oauth-authorization-server',
    doc: 'Metadata of the authorization server (RFC 8414), `/.well-known/oauth-authorization-server`.',
  },
  /** RFC 9728, `/.well-known/oauth-protected-resource`; challenges point there. */
  protectedResourceMetadata: {
    kind: 'well-known',
    suffix: 'oauth-protected-resource',
    doc: 'Metadata of the protected resource (RFC 9728), `/.well-known/oauth-protected-resource`; challenges point there.',
  },
  /** @default '/health/live' */
  live: { kind: 'health', path: '/health/live', doc: 'Liveness: 200 as long as the process responds.' },
  /** @default '/health/ready' */
  ready: {
    kind: 'health',
    path: '/health/ready',
    doc: 'Readiness: 200 if tokens can be issued and checked, else 503.',
  },
} as const satisfies Readonly<
  Record<string, FormEndpoint | BearerEndpoint | PageEndpoint | HealthEndpoint | WellKnownEndpoint>
>;

type Endpoints = typeof ENDPOINTS;

export type EndpointName = keyof Endpoints;

/** Names of the endpoints whose row has certain members. */
type NameWith<Row> = { [E in EndpointName]: Endpoints[E] extends Row ? E : never }[EndpointName];

export type FormEndpointName = NameWith<{ readonly kind: 'form' }>;
export type BearerEndpointName = NameWith<{ readonly kind: 'bearer' }>;
export type PageEndpointName = NameWith<{ readonly kind: 'page' }>;
export type PathEndpointName = NameWith<{ readonly path: string }>;
export type WellKnownEndpointName = NameWith<{ readonly kind: 'well-known' }>;
export type AdvertisedEndpointName = NameWith<{ readonly metadata: string }>;

const isEndpointName = (text: string): text is EndpointName => Object.hasOwn(ENDPOINTS, text);

const isPathEndpoint = (name: EndpointName): name is PathEndpointName => 'path' in ENDPOINTS[name];
const isWellKnown = (name: EndpointName): name is WellKnownEndpointName => ENDPOINTS[name].kind === 'well-known';
const isPages = (name: EndpointName): name is PageEndpointName => ENDPOINTS[name].kind === 'page';
const isAdvertised = (name: EndpointName): name is AdvertisedEndpointName => 'metadata' in ENDPOINTS[name];

export const ENDPOINT_NAMES: readonly EndpointName[] = Object.keys(ENDPOINTS).filter(isEndpointName);

/** The endpoints whose paths are options. */
export const PATH_ENDPOINTS: readonly PathEndpointName[] = ENDPOINT_NAMES.filter(isPathEndpoint);

/** The endpoints that serve every path below their own. */
export const PAGE_ENDPOINTS: readonly PageEndpointName[] = ENDPOINT_NAMES.filter(isPages);

/** The endpoints whose paths are defined by RFCs. */
export const WELL_KNOWN_ENDPOINTS: readonly WellKnownEndpointName[] = ENDPOINT_NAMES.filter(isWellKnown);

/** The endpoints in authorization server metadata. */
export const ADVERTISED_ENDPOINTS: readonly AdvertisedEndpointName[] = ENDPOINT_NAMES.filter(isAdvertised);

/** The path of each endpoint below the mount path, or whether it is mounted if an RFC defines its path. */
export type EndpointPaths = {
  readonly [E in EndpointName]: E extends PathEndpointName ? string | false : boolean;
};
