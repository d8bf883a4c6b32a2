import type { Request, RequestHandler } from 'express';
import { contextsInside, type Api } from '../access/api';
import type { Resource } from '../access/resource';
import type { Logger } from '../events/logger';
import type { ObservedRequests, RequestFacts } from '../events/request-facts';
import { USUAL_METHODS } from '../protocol/cors';
import { ConfigurationError } from '../protocol/errors';
import { printValue } from '../protocol/printed-value';
import { suggestion } from '../protocol/suggestion';
import type { TokenWatches } from '../tokens/token-watches';
import type { Auth } from './auth';
import type { Cors } from './cors';
import { factory, notMiddleware } from './factory';
import { RouteGuards, type RouteGuardFactories } from './route-guards';
import type { Guard } from './guard';
import type { ProtectedResources } from './protected-resources';
import type { CompileRequirement } from './requirements';
import { canonicalPaths, guardResources, reportUnsecured } from './resources';
import { createWatch, type Watch } from './watch';

/** Resources of an OpenAPI document, and its operations without `security`. */
export interface DocumentedResources {
  readonly resources: readonly Resource[];
  readonly unsecured: readonly string[];
}

export interface GuardsServices {
  readonly guard: Guard;
  readonly resources: ProtectedResources;
  readonly apis: ReadonlyMap<string, Api>;
  readonly compile: CompileRequirement;
  /** Reads a parsed OpenAPI document. @throws ConfigurationError */
  readonly readDocument: (document: object) => DocumentedResources;
  readonly cors: Cors;
  readonly watches: Pick<TokenWatches, 'watch'>;
  readonly observed: ObservedRequests;
  readonly logger: Logger;
}

/** The functions of a gate that make guards, and those that read what a guard has verified. */
export interface GateGuards extends RouteGuardFactories {
  readonly api: (name: string) => RequestHandler & RouteGuardFactories;
  readonly fromOpenApi: (document: object) => RequestHandler;
  readonly canonicalPaths: () => RequestHandler;
  /** @throws ConfigurationError without the option `cors` */
  readonly cors: () => RequestHandler;
  /** @throws UnguardedError on a route without a guard */
  readonly auth: (request: Request) => Auth;
  readonly findAuth: (request: Request) => Auth | undefined;
  /** @throws UnguardedError on a route without a guard */
  readonly watch: Watch;
  readonly observe: (request: Request) => RequestFacts;
}

const passOn: RequestHandler = (_request, _response, next) => next();

/** Makes a middleware for routes whose guard does not receive preflight requests, and for those without a guard. */
const unguardedCors = (cors: Cors): RequestHandler => {
  if (cors.isEnabled) return cors.around(passOn, () => USUAL_METHODS);
  const problem = "needs the option cors: write cors: true, or cors: { origins: ['https://app.example'] }";
  throw new ConfigurationError([{ path: [], problem }]);
};

/** Creates the functions of a gate that make guards, and those that read what a guard has verified. */
export const createGuards = (services: GuardsServices): GateGuards => {
  const { guard, resources, apis, compile, readDocument, watches, observed, cors, logger } = services;
  const routeGuards = new RouteGuards(guard, compile, cors);
  const guarding = { guard, compile, cors };

  const api = (name: string) => {
    const [declared, resource] = [apis.get(name), resources.ofApi(name)];
    if (declared === undefined || resource === undefined) {
      const problem = `there is no API ${printValue(name)}${suggestion(name, [...apis.keys()])}`;
      throw new ConfigurationError([{ path: [], problem }]);
    }
    const reserved = contextsInside(declared, apis.values());
    const handler = guardResources({ ...declared, reserved }, resource, guarding);
    return Object.assign(handler, routeGuards.at(resource, `gate.api('${name}')`));
  };

  const fromOpenApi = (document: object): RequestHandler => {
    const read = readDocument(document);
    reportUnsecured(read.unsecured, undefined, logger);
    return guardResources({ ...read, reserved: [] }, resources.outsideApis, guarding);
  };

  return {
    ...routeGuards.at(resources.outsideApis, 'gate'),
    api: factory('gate.api', "app.use('/orders', gate.api('orders'))", api),
    fromOpenApi: factory('gate.fromOpenApi', "app.use('/orders', gate.fromOpenApi(document))", fromOpenApi),
    canonicalPaths: factory('gate.canonicalPaths', 'app.use(gate.canonicalPaths())', () =>
      canonicalPaths(guard, resources.outsideApis, cors),
    ),
    cors: factory('gate.cors', 'app.use(gate.cors())', () => unguardedCors(cors)),
    auth: notMiddleware('gate.auth', (request: Request) => guard.get(request, 'gate.auth(req)')),
    findAuth: notMiddleware('gate.findAuth', (request: Request) => guard.find(request)),
    watch: notMiddleware('gate.watch', createWatch(guard, watches)),
    observe: notMiddleware('gate.observe', (request: Request) => observed.observe(request)),
  };
};
