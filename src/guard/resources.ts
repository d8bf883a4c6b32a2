import type { Request, RequestHandler } from 'express';
import { PathTree } from '../access/path-tree';
import type { Logger } from '../events/logger';
import type { RequestFacts } from '../events/request-facts';
import type { Resource } from '../access/resource';
import { isCanonicalTarget, pathOf, withoutNeedlessEscapes } from '../protocol/paths';
import type { Cors, MethodsOf } from './cors';
import type { Guard } from './guard';
import { withLifecycle } from './lifecycle';
import { allowedMethods, forMethod } from './methods';
import { resourcePolicy } from './policies';
import type { ProtectedResource } from './protected-resource';
import { compileAccess, type CompileRequirement } from './requirements';

const publicResource: RequestHandler = (_request, _response, next) => next();

/** Checks the target that the client sent, and the one to route by if an earlier middleware has changed it. */
const isCanonicalRequest = ({ originalUrl, url }: Request): boolean =>
  isCanonicalTarget(originalUrl) && (originalUrl.endsWith(url) || isCanonicalTarget(url));

/** Rewrites the target, so that everything behind the guard gets the spelling that was checked. */
const respell = (request: Request, url: string): void => {
  if (request.url === url) return;
  if (request.originalUrl.endsWith(request.url)) {
    request.originalUrl = request.originalUrl.slice(0, request.originalUrl.length - request.url.length) + url;
  }
  request.url = url;
};

/** Refuses a path that can be read in two ways, before anything is routed by it. */
export const canonicalPaths = (guard: Guard, resource: ProtectedResource, cors: Cors): RequestHandler => {
  const refuse = cors.around(
    (request, response) => guard.refuse(request, response, resource.refusals.notCanonical, resource),
    () => undefined,
  );
  return (request, response, next) => {
    if (!isCanonicalRequest(request)) return refuse(request, response, next);
    respell(request, withoutNeedlessEscapes(request.url));
    return next();
  };
};

/** The handler of a method at a declared path, and the facts about requests that reach it. */
interface GuardedResource {
  readonly handler: RequestHandler;
  readonly facts: RequestFacts;
}

export interface GuardingServices {
  readonly guard: Guard;
  readonly compile: CompileRequirement;
  readonly cors: Cors;
}

export interface DeclaredResources {
  readonly resources: readonly Resource[];
  /** Contexts of other APIs below the mount path; everything below them is 404 here. */
  readonly reserved: readonly string[];
}

const handlerOf = (
  declared: Resource,
  resource: ProtectedResource,
  { guard, compile }: Pick<GuardingServices, 'guard' | 'compile'>,
): RequestHandler => {
  const limit = resource.api && resourcePolicy(resource.api, declared, resource.refusals.limitExceeded);
  const requirement = compileAccess(declared.access, compile);
  if (requirement !== undefined) return guard.require(requirement, resource, { limit, path: declared.path });
  return limit === undefined ? publicResource : guard.limitPublic(limit);
};

const treeOf = (
  { resources, reserved }: DeclaredResources,
  resource: ProtectedResource,
  { guard, compile }: GuardingServices,
): PathTree<GuardedResource> => {
  const tree = new PathTree<GuardedResource>();
  const api = resource.api === undefined ? {} : { api: resource.api.name };
  for (const path of reserved) tree.reserve(path);
  for (const declared of resources) {
    const { path, methods } = declared;
    const handler = handlerOf(declared, resource, { guard, compile });
    const facts: RequestFacts = { place: 'guard', ...api, resource: path };
    for (const method of methods) tree.add(path, method, { handler, facts });
  }
  return tree;
};

/** Finds the methods of a declared path, for a preflight request, and notes the facts about the path. */
const methodsIn =
  (tree: PathTree<GuardedResource>, guard: Guard): MethodsOf =>
  (request) => {
    const path = isCanonicalRequest(request) ? pathOf(withoutNeedlessEscapes(request.url)) : undefined;
    const found = path === undefined ? undefined : tree.find(path);
    if (found === undefined) return undefined;
    const [first] = found.leaf.values();
    guard.note(request, first?.facts ?? {});
    return allowedMethods([...found.leaf.keys()]);
  };

/**
 * Guards declared resources below its mount path. The response to an undeclared path is 404, to an undeclared method
 * 405. The router behind receives each literal segment as it was declared, so that it finds the handler whose rule was
 * checked.
 */
export const guardResources = (
  declared: DeclaredResources,
  resource: ProtectedResource,
  services: GuardingServices,
): RequestHandler => {
  const { guard, cors } = services;
  const tree = treeOf(declared, resource, services);
  const { refusals } = resource;

  const handler: RequestHandler = (request, response, next) => {
    if (!isCanonicalRequest(request)) return guard.refuse(request, response, refusals.notCanonical, resource);
    const url = withoutNeedlessEscapes(request.url);
    const path = pathOf(url);
    const found = path === undefined ? undefined : tree.find(path);
    if (path === undefined || found === undefined) return guard.refuse(request, response, refusals.notFound, resource);
    const guarded = forMethod(found.leaf, request.method);
    const [first] = found.leaf.values();
    guard.note(request, (guarded ?? first)?.facts ?? {});
    if (guarded === undefined) {
      const allowed = allowedMethods([...found.leaf.keys()]);
      return guard.refuse(request, response, refusals.methodNotAllowed(allowed), resource);
    }
    respell(request, found.path + url.slice(path.length));
    return void guarded.handler(request, response, next);
  };
  return cors.around(withLifecycle(handler, resource, guard), methodsIn(tree, guard));
};

/** Logs operations of an OpenAPI document without `security`, which may be a mistake. */
export const reportUnsecured = (operations: readonly string[], api: string | undefined, logger: Logger): void => {
  if (operations.length === 0) return;
  logger.warn(
    { ...(api === undefined ? {} : { api }), operations: operations.join(', ') },
    'Operations without security in an OpenAPI document need any live token: give them a scope, or security: [] to make them public',
  );
};
