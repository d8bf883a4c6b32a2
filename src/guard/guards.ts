import type { Request, RequestHandler } from 'express';
import { contextsInside, type Api } from '../access/api';
import type { Resource } from '../access/resource';
import type { Logger } from '../events/logger';
import type { ObservedRequests, RequestFacts } from '../events/request-facts';
import { ConfigurationError } from '../protocol/errors';
import { printValue } from '../protocol/printed-value';
import { suggestion } from '../protocol/suggestion';
import type { Auth } from './auth';
import { factory, notMiddleware } from './factory';
import { RouteGuards, type RouteGuardFactories } from './route-guards';
import type { Guard } from './guard';
import type { ProtectedResources } from './protected-resources';
import type { CompileRequirement } from './requirements';
import { canonicalPaths, guardResources, reportUnsecured } from './resources';

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
  readonly observed: ObservedRequests;
  readonly logger: Logger;
}

/** The functions of a gate that make guards, and those that read what a guard has verified. */
export interface GateGuards extends RouteGuardFactories {
  readonly api: (name: string) => RequestHandler & RouteGuardFactories;
  readonly fromOpenApi: (document: object) => RequestHandler;
  readonly canonicalPaths: () => RequestHandler;
  /** @throws UnguardedError on a route without a guard */
  readonly auth: (request: Request) => Auth;
  readonly findAuth: (request: Request) => Auth | undefined;
  readonly observe: (request: Request) => RequestFacts;
}

/** Creates the functions of a gate that make guards, and those that read what a guard has verified. */
export const createGuards = (services: GuardsServices): GateGuards => {
  const { guard, resources, apis, compile, readDocument, observed, logger } = services;
  const routeGuards = new RouteGuards(guard, compile);

  const api = (name: string) => {
    const [declared, resource] = [apis.get(name), resources.ofApi(name)];
    if (declared === undefined || resource === undefined) {
      const problem = `there is no API ${printValue(name)}${suggestion(name, [...apis.keys()])}`;
      throw new ConfigurationError([{ path: [], problem }]);
    }
    const reserved = contextsInside(declared, apis.values());
    const handler = guardResources({ ...declared, reserved }, resource, guard, compile);
    return Object.assign(handler, routeGuards.at(resource, `gate.api('${name}')`));
  };

  const fromOpenApi = (document: object): RequestHandler => {
    const read = readDocument(document);
    reportUnsecured(read.unsecured, undefined, logger);
    return guardResources({ ...read, reserved: [] }, resources.outsideApis, guard, compile);
  };

  return {
    ...routeGuards.at(resources.outsideApis, 'gate'),
    api: factory('gate.api', "app.use('/orders', gate.api('orders'))", api),
    fromOpenApi: factory('gate.fromOpenApi', "app.use('/orders', gate.fromOpenApi(document))", fromOpenApi),
    canonicalPaths: factory('gate.canonicalPaths', 'app.use(gate.canonicalPaths())', () =>
      canonicalPaths(guard, resources.outsideApis),
    ),
    auth: notMiddleware('gate.auth', (request: Request) => guard.get(request)),
    findAuth: notMiddleware('gate.findAuth', (request: Request) => guard.find(request)),
    observe: notMiddleware('gate.observe', (request: Request) => observed.observe(request)),
  };
};
