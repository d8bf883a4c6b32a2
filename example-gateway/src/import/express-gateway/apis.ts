import { printAccess } from '../access';
import type { ImportedApi, ImportedResource } from '../imported-gateway';
import { ApiNames } from '../names';
import type { ImportReport } from '../report';
import { separate, type RuledResource } from '../separated-resources';
import { intersection } from '../template';
import { placeRoutes, type PipedRoute, type PlacedRoute } from './placed-routes';

interface PlacedResource extends RuledResource {
  /** The position among all routes: the first one that matches decides. */
  readonly order: number;
}

interface Draft {
  readonly name: string;
  readonly context: readonly string[];
  readonly upstreams: readonly string[];
  readonly first: PipedRoute;
  readonly resources: PlacedResource[];
}

const contextOf = (segments: readonly string[]): string => `/${segments.join('/')}`;

const isBelow = (inner: readonly string[], outer: readonly string[]): boolean =>
  inner.length >= outer.length &&
  outer.every((segment, index) => segment.toLowerCase() === inner[index]?.toLowerCase());

/** Checks whether a route reaches the same path of the upstream as a part of this API. */
const fits = (draft: Draft, { route, context, upstreams }: PlacedRoute): boolean => {
  if (!isBelow(context, draft.context)) return false;
  const rest = context
    .slice(draft.context.length)
    .map((segment) => `/${segment}`)
    .join('');
  const { timeouts } = draft.first.pipeline.target;
  const plan = JSON.stringify(draft.first.pipeline.limit.plan);
  return (
    draft.upstreams.map((url) => url + rest).join() === upstreams.join() &&
    JSON.stringify(timeouts) === JSON.stringify(route.pipeline.target.timeouts) &&
    plan === JSON.stringify(route.pipeline.limit.plan)
  );
};

const resourceOf = ({ route }: PlacedRoute, order: number): PlacedResource => {
  const { limit } = route.pipeline.limit;
  const access = route.pipeline.isGuarded
    ? { kind: 'all' as const, scopes: route.scopes }
    : { kind: 'public' as const };
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
    report,
  ).map(({ template, methods, access, limit }) => ({
    ...printAccess(template, context.length, methods, access),
    ...(limit === undefined ? {} : { limit }),
  }));

/** Groups routes into APIs: those that share a context and an upstream are one. */
export const groupIntoApis = (routes: readonly PipedRoute[], report: ImportReport) => {
  const names = new ApiNames();
  const drafts: Draft[] = [];
  const placed = [...placeRoutes(routes, report)];
  // The shortest contexts first, so that an API takes in what lies below it. The sort is stable.
  for (const one of placed.sort((a, b) => a.context.length - b.context.length)) {
    const { route, context, upstreams } = one;
    let draft = drafts.find((other) => fits(other, one));
    if (
      draft === undefined &&
      drafts.some((other) => contextOf(other.context).toLowerCase() === contextOf(context).toLowerCase())
    ) {
      const problem = `The context ${contextOf(context)} belongs to an API with another upstream, time limit or plan`;
      report.gap(route.node, problem, 'The path was left out. Let one upstream serve all methods of a path');
      continue;
    }
    if (draft === undefined) {
      draft = { name: names.add(route.endpoint), context, upstreams, first: route, resources: [] };
      drafts.push(draft);
    }
    draft.resources.push(resourceOf(one, routes.indexOf(route)));
    report.take(route.node, `apis.${draft.name}.resources`);
  }
  reportShadows(drafts, report);

  const plans = new Map(
    drafts.flatMap(({ first: { pipeline } }) =>
      pipeline.limit.plan ? [[pipeline.name, pipeline.limit.plan] as const] : [],
    ),
  );
  const apis = drafts.map((draft): readonly [string, ImportedApi] => {
    const { pipeline } = draft.first;
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
