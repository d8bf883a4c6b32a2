import type { RequestHandler } from 'express';
import type { Logger } from '../events/logger';
import type { Resource } from '../options/resources';
import { isCanonicalTarget, pathOf } from '../protocol/paths';
import { allowedMethods, forMethod, type Guard } from './guard';
import type { ProtectedResource } from './protected-resource';
import { compileAccess, type CompileRequirement } from './requirements';
import { ResourceTree } from './resource-tree';

const publicResource: RequestHandler = (_request, _response, next) => next();

/** Refuses what could be read in two ways before anything is routed by it. */
export const canonicalPaths =
  (guard: Guard, resource: ProtectedResource): RequestHandler =>
  (request, response, next) => {
    if (isCanonicalTarget(request.originalUrl)) next();
    else guard.refuse(response, resource.refusals.notCanonical, resource);
  };

/**
 * Guards declared resources where it is mounted. What is not declared is 404, an undeclared method 405.
 */
export const guardResources = (
  declared: readonly Resource[],
  resource: ProtectedResource,
  guard: Guard,
  compile: CompileRequirement,
): RequestHandler => {
  const tree = new ResourceTree<RequestHandler>();
  for (const { path, methods, access } of declared) {
    const requirement = compileAccess(access, compile);
    const handler = requirement === undefined ? publicResource : guard.require(requirement, resource);
    for (const method of methods) tree.add(path, method, handler);
  }
  const { refusals } = resource;

  return (request, response, next) => {
    if (!isCanonicalTarget(request.originalUrl)) return guard.refuse(response, refusals.notCanonical, resource);
    const path = pathOf(request.url);
    const handlers = path === undefined ? undefined : tree.find(path);
    if (handlers === undefined) return guard.refuse(response, refusals.notFound, resource);
    const handler = forMethod(handlers, request.method);
    if (handler !== undefined) return void handler(request, response, next);
    return guard.refuse(response, refusals.methodNotAllowed(allowedMethods([...handlers.keys()])), resource);
  };
};

/** Tells of operations of an OpenAPI document that say nothing about security: somebody may have forgotten them. */
export const reportUnsecured = (operations: readonly string[], api: string | undefined, logger: Logger): void => {
  if (operations.length === 0) return;
  logger.warn(
    { ...(api === undefined ? {} : { api }), operations: operations.join(', ') },
    'Operations without security in an OpenAPI document need any live token: give them a scope, or security: [] to make them public',
  );
};
