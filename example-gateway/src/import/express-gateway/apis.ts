import { printAccess } from '../access';
import type { ImportedApi, ImportedResource } from '../imported-gateway';
import { ApiNames } from '../names';
import { ImportError } from '../import-error';
import { ImportReport } from '../report';
import { separate, type RuledResource } from '../separated-resources';
import { coversSlash, intersection } from '../template';
import type { Pipeline } from './pipelines';
import { placeRoutes, type PipedRoute, type PlacedRoute } from './placed-routes';
import { reachableRoutes } from './reachable-routes';

interface PlacedResource extends RuledResource {
  /** The position among all routes: the first one that matches decides. */
  readonly order: number;
}

interface Draft {
  readonly name: string;
  readonly context: readonly string[];
  readonly upstreams: readonly string[];
  readonly pipeline: Pipeline;
  readonly resources: PlacedResource[];
}

const contextOf = (segments: readonly string[]): string => `/${segments.join('/')}`;

const isBelow = (inner: readonly string[], outer: readonly string[]): boolean =>
  inner.length >= outer.length &&
  outer.every((segment, index) => segment.toLowerCase() === inner[index]?.toLowerCase());

/** Checks whether a route reaches the same path of the upstream as a part of this API. */
const fits = (draft: Draft, { pipeline, context, upstreams }: PlacedRoute): boolean => {
  if (!isBelow(context, draft.context)) return false;
  const rest = context
    .slice(draft.context.length)
    .map((segment) => `/${segment}`)
    .join('');
  const { timeouts } = draft.pipeline.target;
  const plan = JSON.stringify(draft.pipeline.limit.plan);
  return (
    draft.upstreams.map((url) => url + rest).join() === upstreams.join() &&
    JSON.stringify(timeouts) === JSON.stringify(pipeline.target.timeouts) &&
    plan === JSON.stringify(pipeline.limit.plan)
  );
};

const resourceOf = ({ route, pipeline }: PlacedRoute, order: number): PlacedResource => {
  const { limit } = pipeline.limit;
  const access = pipeline.isGuarded ? { kind: 'all' as const, scopes: route.scopes } : { kind: 'public' as const };
  return {
    template: route.template,
    methods: route.methods,
    access,
    node: route.node,
    order,
    ...(limit ? { limit } : {}),
  };
};

/** Reports paths that an outer API served and that an inner one takes now, because the longer context applies. */
const reportShadows = (drafts: readonly Draft[], report: ImportReport): void => {
  for (const inner of drafts) {
    for (const outer of drafts) {
      if (inner === outer || !isBelow(inner.context, outer.context)) continue;
      const below = {
        segments: inner.context.map((text) => ({ kind: 'literal' as const, text })),
        hasRest: true,
      };
      const shadowed = outer.resources.find(({ template }) => intersection(template, below) !== undefined);
      if (shadowed === undefined) continue;
      const problem = `Paths below ${contextOf(inner.context)} are answered by the API ${inner.name} alone, because its context is longer`;
      report.gap(shadowed.node, problem, `Declare further resources of ${inner.name} if clients use them`);
    }
  }
};

const resourcesOf = ({ context, resources }: Draft, report: ImportReport): readonly ImportedResource[] =>
  separate(
    [...resources].sort((one, other) => one.order - other.order),
    'first',
    context.length,
    report,
  ).map(({ template, methods, access, limit }) => ({
    ...printAccess(template, context.length, methods, access),
    ...(limit === undefined ? {} : { limit }),
  }));

interface Grouping {
  readonly drafts: readonly Draft[];
  /** Routes that no API can serve, with the reason. */
  readonly conflicts: ReadonlyMap<PipedRoute, string>;
}

/** Groups routes into APIs: those that share a context and an upstream are one. */
const group = (routes: readonly PipedRoute[], report: ImportReport): Grouping => {
  const names = new ApiNames();
  const drafts: Draft[] = [];
  const conflicts = new Map<PipedRoute, string>();
  // The shortest contexts first, so that an API takes in what lies below it. The sort is stable.
  for (const one of [...placeRoutes(routes)].sort((a, b) => a.context.length - b.context.length)) {
    const { route, pipeline, context, upstreams } = one;
    let draft = drafts.find((other) => fits(other, one));
    const isTaken = drafts.some((other) => isBelow(context, other.context) && isBelow(other.context, context));
    if (draft === undefined && isTaken) {
      // Without this route, /* would also match the context itself.
      const below = drafts
        .filter((other) => isBelow(context, other.context))
        .flatMap(({ resources }) => resources)
        .find((other) => coversSlash(other.template, route.template));
      const ofBelow = routes[below?.order ?? -1];
      if (ofBelow !== undefined) conflicts.set(ofBelow, 'Its context belongs to an API with another upstream too');
      conflicts.set(
        route,
        `The context ${contextOf(context)} belongs to an API with another upstream, time limit or plan`,
      );
      continue;
    }
    if (draft === undefined) {
      draft = { name: names.add(route.endpoint), context, upstreams, pipeline, resources: [] };
      drafts.push(draft);
    }
    draft.resources.push(resourceOf(one, routes.indexOf(route)));
    report.take(route.node, `apis.${draft.name}.resources`);
  }
  return { drafts, conflicts };
};

/** Adds the routes whose longer context would take requests from an earlier route of another API. */
const withTakenPaths = ({ drafts, conflicts }: Grouping, routes: readonly PipedRoute[]): Grouping => {
  const all = new Map(conflicts);
  for (const inner of drafts) {
    for (const outer of drafts) {
      if (inner === outer || !isBelow(inner.context, outer.context)) continue;
      for (const { template, methods, order } of inner.resources) {
        const taken = outer.resources.find(
          (other) =>
            other.order < order &&
            other.methods.some((method) => methods.includes(method)) &&
            intersection(other.template, template) !== undefined,
        );
        const route = routes[order];
        if (taken === undefined || route === undefined) continue;
        all.set(route, `Its context is longer, so it would take requests from an earlier API endpoint, ${outer.name}`);
      }
    }
  }
  return { drafts, conflicts: all };
};

/** Maximum number of rounds in which routes are left out; each leaves out those that the earlier ones made impossible. */
const MAX_ROUNDS = 50;
const MAX_SINGLE_ROUNDS = 20;

/** Finds a grouping without conflicts. Routes that are left out still take requests from later ones. */
const groupWithoutConflicts = (given: readonly PipedRoute[], report: ImportReport): readonly Draft[] => {
  let routes = given;
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const attempt = new ImportReport();
    const reachable = reachableRoutes(routes, attempt);
    const { drafts, conflicts } = withTakenPaths(group(reachable, attempt), reachable);
    if (conflicts.size === 0) {
      report.add(attempt);
      return drafts;
    }
    // One at a time, because others may then be possible; all of them if there are many.
    const leftOut = [...conflicts].slice(0, round < MAX_SINGLE_ROUNDS ? 1 : conflicts.size);
    for (const [{ node }, problem] of leftOut) report.gap(node, problem, 'The path was left out. Declare it by hand');
    const isLeftOut = (one: PipedRoute): boolean =>
      leftOut.some(([{ node, template }]) => one.node === node && one.template === template);
    routes = routes.map((one) => (isLeftOut(one) ? { ...one, isLeftOut: true } : one));
  }
  throw new ImportError(['gateway.config.yml: has too many paths that exclude each other']);
};

/** Groups routes into the APIs of the gateway's file. */
export const groupIntoApis = (routes: readonly PipedRoute[], report: ImportReport) => {
  const drafts = groupWithoutConflicts(routes, report);
  reportShadows(drafts, report);

  const plans = new Map(
    drafts.flatMap(({ pipeline }) => (pipeline.limit.plan ? [[pipeline.name, pipeline.limit.plan] as const] : [])),
  );
  const apis = drafts.map((draft): readonly [string, ImportedApi] => {
    const { pipeline } = draft;
    const { timeouts } = pipeline.target;
    report.take(pipeline.target.node, `apis.${draft.name}.upstream${draft.upstreams.length > 1 ? 's' : ''}`);
    return [
      draft.name,
      {
        context: contextOf(draft.context),
        upstreams: draft.upstreams,
        ...(timeouts === undefined ? {} : { timeouts }),
        ...(pipeline.limit.plan === undefined ? {} : { plans: [pipeline.name] }),
        resources: resourcesOf(draft, report),
      },
    ];
  });
  return { apis: Object.fromEntries(apis), plans: Object.fromEntries(plans) };
};
