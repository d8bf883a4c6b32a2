import type { RequestHandler } from 'express';
import type { Api } from '../options/apis';
import { isCanonicalTarget, pathOf } from '../protocol/paths';
import { allowedMethods, forMethod, type Guard } from './guard';
import { refuse, type Refusal, type Refusals } from './refusals';
import { compileAccess, type CompileRequirement } from './requirements';

/** What was declared at one path: a handler for each method. */
interface Leaf {
  readonly handlers: Map<string, RequestHandler>;
  notAllowed: Refusal | undefined;
}

/** A tree of path segments. */
interface Node {
  readonly literals: Map<string, Node>;
  parameter: Node | undefined;
  leaf: Leaf | undefined;
}

const newNode = (): Node => ({ literals: new Map(), parameter: undefined, leaf: undefined });

const segmentsOf = (path: string): readonly string[] => (path === '/' ? [] : path.slice(1).split('/'));

/** A literal segment wins over a parameter, whatever the order of declaration; a parameter is never empty. */
const match = (node: Node, segments: readonly string[], index = 0): Leaf | undefined => {
  const segment = segments[index];
  if (segment === undefined) return node.leaf;
  const literal = node.literals.get(segment);
  const found = literal === undefined ? undefined : match(literal, segments, index + 1);
  if (found !== undefined || node.parameter === undefined || segment === '') return found;
  return match(node.parameter, segments, index + 1);
};

const grow = (root: Node, path: string): Leaf => {
  let node = root;
  for (const written of segmentsOf(path)) {
    const segment = decodeURIComponent(written);
    if (written.startsWith(':')) {
      node.parameter ??= newNode();
      node = node.parameter;
    } else {
      const next = node.literals.get(segment) ?? newNode();
      node.literals.set(segment, next);
      node = next;
    }
  }
  node.leaf ??= { handlers: new Map(), notAllowed: undefined };
  return node.leaf;
};

const publicResource: RequestHandler = (_request, _response, next) => next();

/** Refuses what could be read in two ways before anything is routed by it. */
export const canonicalPaths =
  (refusals: Refusals): RequestHandler =>
  (request, response, next) => {
    if (isCanonicalTarget(request.originalUrl)) next();
    else refuse(response, refusals.notCanonical);
  };

/**
 * Guards all declared resources of an API where it is mounted. What is not declared is 404, an undeclared method 405.
 * The one matcher of paths, whoever declares them.
 */
export const guardResources = (
  api: Api,
  guard: Guard,
  compile: CompileRequirement,
  refusals: Refusals,
): RequestHandler => {
  const root = newNode();
  for (const { path, methods, access } of api.resources) {
    const leaf = grow(root, path);
    const requirement = compileAccess(access, compile);
    const handler = requirement === undefined ? publicResource : guard.require(requirement);
    for (const method of methods) leaf.handlers.set(method, handler);
    leaf.notAllowed = refusals.methodNotAllowed(allowedMethods([...leaf.handlers.keys()]));
  }

  return (request, response, next) => {
    if (!isCanonicalTarget(request.originalUrl)) return refuse(response, refusals.notCanonical);
    const path = pathOf(request.url);
    // Decoded, because a client may write a reserved character raw or escaped, and an upstream takes both for the same.
    const leaf = path === undefined ? undefined : match(root, segmentsOf(path).map(decodeURIComponent));
    if (leaf?.notAllowed === undefined) return refuse(response, refusals.notFound);
    const handler = forMethod(leaf.handlers, request.method);
    if (handler === undefined) return refuse(response, leaf.notAllowed);
    return void handler(request, response, next);
  };
};
