import type { RequestHandler } from 'express';
import type { Cors } from '../guard/cors';
import type { Grants } from '../grants/grants';
import type { Deprecation } from '../protocol/deprecation';
import {
  ENDPOINT_NAMES,
  PAGE_ENDPOINTS,
  PATH_ENDPOINTS,
  WELL_KNOWN_ENDPOINTS,
  type EndpointName,
  type EndpointPaths,
  type FormEndpointName,
} from '../protocol/endpoints';
import { offeredGrantTypes } from '../protocol/grant-types';
import { authorizationServerMetadata, wellKnownPath, type IssuerAddress } from '../protocol/metadata';
import type { ClientAuthentication } from '../sign-in/client-authenticator';
import type { TokenService } from '../tokens/token-service';
import { formEndpoint, postEndpoint, type FormHandler, type FormHeaders, type FormServices } from './endpoint';
import { liveEndpoint, readyEndpoint, type CheckedDeclarations, type CheckedStore } from './health';
import { introspectionEndpoint, type IntrospectionServices } from './introspect';
import { metadataEndpoint } from './metadata';
import { revocationEndpoint } from './revoke';
import { routes, type Endpoint, type Mounted } from './routes';
import { passwordGrantHeaders, tokenEndpoint } from './token';
import { webSocketTicketEndpoint, type TicketEndpointServices } from './web-socket-ticket';

/** The protected resources, whose metadata are served (RFC 9728). */
interface DescribedResources {
  identifiers(): readonly string[];
  documents(): readonly { readonly path: string; readonly describe: () => object | undefined }[];
}

export interface EndpointServices
  extends
    FormServices,
    Pick<TicketEndpointServices, 'tickets'>,
    Pick<IntrospectionServices, 'roles' | 'throttle' | 'userSource'> {
  readonly issuer: IssuerAddress;
  readonly paths: EndpointPaths;
  /** The authorization endpoint with its pages. */
  readonly authorize: Endpoint;
  /** Names of the declared scopes. */
  readonly scopes: ReadonlySet<string>;
  readonly resources: DescribedResources;
  readonly clients: ClientAuthentication;
  readonly grants: Grants;
  /** The announced end of the password grant. */
  readonly passwordGrant: Deprecation;
  readonly tokens: TokenService;
  /** True if tickets for WebSocket handshakes are issued. */
  readonly hasWebSockets: boolean;
  readonly store: CheckedStore;
  readonly declarations: CheckedDeclarations;
  /** For the endpoints that scripts of other origins may use. */
  readonly cors: Cors;
  /** For the metadata, which scripts of any origin may read. */
  readonly metadataCors: Cors;
}

/** The handler of each endpoint with its path; several for an endpoint that serves several documents. */
export type MountedEndpoints = Readonly<Record<EndpointName, readonly Mounted[]>>;

/** Describes the authorization server. Called for each request, because guards are added at any time. */
const serverDescription =
  ({ issuer, paths, scopes, resources }: EndpointServices) =>
  (): object =>
    authorizationServerMetadata({
      issuer,
      paths,
      grantTypes: offeredGrantTypes(paths),
      scopes: [...scopes],
      resources: paths.protectedResourceMetadata ? resources.identifiers() : [],
    });

const mountEndpoints = (services: EndpointServices): MountedEndpoints => {
  const { issuer, paths, resources, clients, grants, tokens, store, cors, metadataCors } = services;
  const { roles, throttle, userSource } = services;
  const introspection = { clients, tokens, roles, throttle, issuer: issuer.text, userSource };
  const form = (name: FormEndpointName, handle: FormHandler, headersOf?: FormHeaders): readonly Mounted[] => [
    [paths[name], formEndpoint(name, handle, services, headersOf)],
  ];
  const open = (handler: Endpoint): Endpoint => cors.around(handler, () => ['POST']);
  const openForm = (name: FormEndpointName, handle: FormHandler, headersOf?: FormHeaders): readonly Mounted[] =>
    form(name, handle, headersOf).map(([path, handler]): Mounted => [path, open(handler)]);
  const openMetadata = (describe: () => object | undefined): Endpoint =>
    metadataCors.around(metadataEndpoint(describe), () => (describe() === undefined ? undefined : ['GET', 'HEAD']));
  const serverPath = wellKnownPath('oauth-authorization-server', issuer.path);
  return {
    authorize: [[paths.authorize, services.authorize]],
    token: openForm('token', tokenEndpoint(clients, grants), passwordGrantHeaders(services.passwordGrant)),
    revoke: openForm('revoke', revocationEndpoint(clients, tokens)),
    introspect: form('introspect', introspectionEndpoint(introspection)),
    webSocketTicket: [
      [
        services.hasWebSockets && paths.webSocketTicket,
        open(postEndpoint('webSocketTicket', webSocketTicketEndpoint(services), services)),
      ],
    ],
    authorizationServerMetadata: [
      [paths.authorizationServerMetadata && serverPath, openMetadata(serverDescription(services))],
    ],
    protectedResourceMetadata: resources
      .documents()
      .map(({ path, describe }): Mounted => [paths.protectedResourceMetadata && path, openMetadata(describe)]),
    live: [[paths.live, liveEndpoint()]],
    ready: [[paths.ready, readyEndpoint(store, services.declarations, services.observed)]],
  };
};

export interface Endpoints {
  /**
   * Serves all endpoints. If the issuer has a path, it serves no metadata: their paths begin at the root of the host.
   */
  readonly routes: RequestHandler;
  /** Serves the metadata, at the root of the host. */
  readonly wellKnown: RequestHandler;
}

/** Makes the handlers of all endpoints of a gate. */
export const createEndpoints = (services: EndpointServices): Endpoints => {
  const mounted = mountEndpoints(services);
  const observedAt =
    (place: EndpointName, handler: Endpoint): Endpoint =>
    (request, response, next) => {
      services.observed.note(request, { place });
      handler(request, response, next);
    };
  const mountedAs = (names: readonly EndpointName[]): readonly Mounted[] =>
    names.flatMap((name) => mounted[name].map(([path, handler]): Mounted => [path, observedAt(name, handler)]));
  const serve = (names: readonly EndpointName[]): RequestHandler =>
    routes(mountedAs(names), mountedAs(PAGE_ENDPOINTS.filter((name) => names.includes(name))));
  return {
    routes: serve(services.issuer.path === '' ? ENDPOINT_NAMES : PATH_ENDPOINTS),
    wellKnown: serve(WELL_KNOWN_ENDPOINTS),
  };
};
