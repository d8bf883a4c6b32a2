import { isMethodName, METHOD_NAME_RULE } from '../access/method-name';
import { PathTree } from '../access/path-tree';
import { contextsInside, type Api } from '../access/api';
import type { Requirement } from '../access/requirement';
import type { Resource } from '../access/resource';
import { ConfigurationError } from '../protocol/errors';
import { queryNames } from '../protocol/parameters';
import { isCanonicalTarget, pathOf, withoutNeedlessEscapes } from '../protocol/paths';
import type { Target } from './explain';
import { forMethod } from './methods';
import { ruleOf } from './judge';
import { resourcePolicy } from './policies';
import type { ProtectedResources } from './protected-resources';
import type { RefusalReason } from './refusal-bodies';
import { compileAccess, type CompileRequirement } from './requirements';

/** A request: its method, and its whole path as the gateway receives it. */
export interface RequestToExplain {
  readonly method: string;
  readonly path: string;
}

const refusalTarget = (status: number, reason: RefusalReason): Target => ({ kind: 'refusal', status, reason });

const isRequest = (value: RequestToExplain | Requirement): value is RequestToExplain =>
  typeof value === 'object' && value !== null && 'path' in value;

const treeOf = (api: Api, apis: readonly Api[]): PathTree<Resource> => {
  const tree = new PathTree<Resource>();
  for (const context of contextsInside(api, apis)) tree.reserve(context);
  for (const resource of api.resources) {
    for (const method of resource.methods) tree.add(resource.path, method, resource);
  }
  return tree;
};

/** Finds the target of an explanation: the given requirement, or the declared resource that a request would reach. */
export class TargetFinder {
  readonly #resources: ProtectedResources;
  readonly #compile: CompileRequirement;
  readonly #apis: readonly Api[];
  readonly #trees: ReadonlyMap<string, PathTree<Resource>>;

  constructor(apis: ReadonlyMap<string, Api>, resources: ProtectedResources, compile: CompileRequirement) {
    this.#resources = resources;
    this.#compile = compile;
    // Longer contexts first, so that /orders/archive is not mistaken for a part of /orders.
    this.#apis = [...apis.values()].sort((a, b) => b.context.length - a.context.length);
    this.#trees = new Map(this.#apis.map((api) => [api.name, treeOf(api, this.#apis)] as const));
  }

  find(requested: RequestToExplain | Requirement): Target {
    return isRequest(requested)
      ? this.#findForRequest(requested)
      : { kind: 'rule', rule: ruleOf(this.#compile(requested), this.#resources.outsideApis) };
  }

  #findForRequest({ method, path: target }: RequestToExplain): Target {
    if (typeof target !== 'string' || !isMethodName(method)) {
      const problem = `needs ${METHOD_NAME_RULE} and the whole path of a request`;
      throw new ConfigurationError([{ path: ['explain'], problem }]);
    }
    const path = pathOf(withoutNeedlessEscapes(target));
    if (path === undefined || !isCanonicalTarget(target)) return refusalTarget(400, 'not_canonical');
    const api = this.#apis.find(({ context }) => path === context || path.startsWith(`${context}/`));
    const protectedResource = api === undefined ? undefined : this.#resources.ofApi(api.name);
    if (api === undefined || protectedResource === undefined) return refusalTarget(404, 'not_found');
    if (api.lifecycle.status === 'retired') return refusalTarget(410, 'retired');
    const found = this.#trees.get(api.name)?.find(path.slice(api.context.length) || '/');
    if (found === undefined) return refusalTarget(404, 'not_found');
    const resource = forMethod(found.leaf, method);
    if (resource === undefined) return refusalTarget(405, 'method_not_allowed');
    const requirement = compileAccess(resource.access, this.#compile);
    const limit = resourcePolicy(api, resource, protectedResource.refusals.limitExceeded);
    if (requirement === undefined) return { kind: 'public', api: api.name, path: resource.path, limit };
    // A token in the URL as well would be a second method of sending one (RFC 6750 §2).
    if (queryNames(target).includes('access_token')) return refusalTarget(400, 'invalid_request');
    return { kind: 'rule', rule: ruleOf(requirement, protectedResource, { limit }), path: resource.path };
  }
}
