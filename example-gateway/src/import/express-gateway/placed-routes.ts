import { literalPrefix } from '../template';
import type { Route } from './api-endpoints';
import type { Pipeline } from './pipelines';
import type { ImportReport } from '../report';

/** A route with its pipeline. One that is left out may have none. */
export interface PipedRoute extends Route {
  readonly pipeline: Pipeline | undefined;
}

/** A route with the context of its API, and the upstreams by which their paths stay as they were. */
export interface PlacedRoute {
  readonly route: PipedRoute;
  readonly pipeline: Pipeline;
  /** Segments. */
  readonly context: readonly string[];
  readonly upstreams: readonly string[];
}

const commonStart = (one: readonly string[], other: readonly string[]): readonly string[] => {
  const end = one.findIndex((segment, index) => segment !== other[index]);
  return end === -1 ? one : one.slice(0, end);
};

/** Chooses the context of a route whose upstream gets the whole path: what its endpoint's paths have in common. */
const sharedContext = (route: PipedRoute, all: readonly PipedRoute[]): readonly string[] => {
  const own = literalPrefix(route.template);
  return all
    .filter(({ endpoint }) => endpoint === route.endpoint)
    .map(({ template }) => literalPrefix(template))
    .filter(([first]) => first === own[0])
    .reduce(commonStart, own);
};

const place = (route: PipedRoute, all: readonly PipedRoute[], isShared: boolean): readonly PlacedRoute[] => {
  const { pipeline } = route;
  if (pipeline === undefined) return [];
  const { urls, path } = pipeline.target;
  const prefix = literalPrefix(route.template);
  // The slash at the end is kept by the gateway: the upstream gets `/` below its address for the context itself.
  if (path === 'stripped') return [{ route, pipeline, context: prefix, upstreams: urls.map((url) => `${url}/`) }];
  if (path === 'ignored') return [{ route, pipeline, context: prefix, upstreams: urls }];
  const context = isShared ? sharedContext(route, all) : prefix;
  return [{ route, pipeline, context, upstreams: urls.map((url) => `${url}/${context.join('/')}`) }];
};

const ROOT = 'An API at the root of the host has no counterpart: a context has a segment';

/** Checks whether the upstream can get the same path here. */
const isExpressible = ({ template, node }: PipedRoute, { target }: Pipeline, report: ImportReport): boolean => {
  const { path } = target;
  const prefix = literalPrefix(template);
  const isLiteral = !template.hasRest && prefix.length === template.segments.length;
  if (prefix.length === 0) {
    report.gap(node, ROOT, 'The path was left out. Declare an API for each first segment');
    return false;
  }
  if (path === 'ignored' && !isLiteral) {
    const instead = 'The path was left out. Declare each path as an API of its own';
    report.gap(node, 'With ignorePath all paths lead to the same one of the upstream', instead);
    return false;
  }
  if (path === 'ignored') {
    const problem = 'The upstream also gets the query, and a slash at the end of the path, which ignorePath dropped';
    report.gap(node, problem, 'Check that the upstream ignores them');
  }
  // Express Gateway strips up to the first wildcard, which may be inside the part that a context cannot contain.
  const firstParameter = template.segments.findIndex(({ kind }) => kind === 'parameter');
  const literals = firstParameter === -1 ? template.segments.length : firstParameter;
  if (path === 'stripped' && literals !== prefix.length) {
    report.gap(
      node,
      'The path to strip has a segment that a context cannot have',
      'The path was left out. Declare it by hand',
    );
    return false;
  }
  return true;
};

const key = (segments: readonly string[]): string => segments.join('/').toLowerCase();

const hasConflict = (placed: readonly PlacedRoute[]): boolean =>
  placed.some((one) =>
    placed.some((other) => key(one.context) === key(other.context) && one.upstreams.join() !== other.upstreams.join()),
  );

/** Marks the routes that cannot be expressed, and reports why. */
export const markInexpressible = (routes: readonly PipedRoute[], report: ImportReport): readonly PipedRoute[] =>
  routes.map((route) => {
    if (route.isLeftOut || route.pipeline === undefined) return { ...route, isLeftOut: true };
    return isExpressible(route, route.pipeline, report) ? route : { ...route, isLeftOut: true };
  });

/** Chooses contexts. If two endpoints with different upstreams would share one, their contexts are as long as possible. */
export const placeRoutes = (routes: readonly PipedRoute[]): readonly PlacedRoute[] => {
  const shared = routes.flatMap((route) => place(route, routes, true));
  return hasConflict(shared) ? routes.flatMap((route) => place(route, routes, false)) : shared;
};
