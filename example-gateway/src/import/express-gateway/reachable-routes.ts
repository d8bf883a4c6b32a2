import type { ImportReport } from '../report';
import { covers, intersection } from '../template';
import type { PipedRoute } from './placed-routes';

/** Finds what takes requests of a route there, and would not here: here the most specific path decides. */
const takerOf = (route: PipedRoute, method: string, earlier: readonly PipedRoute[]): PipedRoute | undefined =>
  earlier.find(
    (other) =>
      other.methods.includes(method) &&
      (other.isLeftOut
        ? intersection(other.template, route.template) !== undefined
        : covers(other.template, route.template)),
  );

/**
 * Leaves out routes that no request reached, because an earlier one took it, and those that would take the requests of an
 * earlier one that was left out.
 */
export const reachableRoutes = (routes: readonly PipedRoute[], report: ImportReport): readonly PipedRoute[] =>
  routes.flatMap((route, index) => {
    if (route.isLeftOut) return [];
    const earlier = routes.slice(0, index);
    const takers = route.methods.map((method) => takerOf(route, method, earlier));
    const methods = route.methods.filter((_, at) => takers[at] === undefined);
    const [taker] = takers.filter((found) => found !== undefined);
    if (taker === undefined) return [route];
    const subject = methods.length === 0 ? 'The path was' : 'These methods were';
    report.gap(
      route.node,
      `An earlier API endpoint, ${taker.endpoint}, takes requests to this one`,
      `${subject} left out. Declare them by hand`,
    );
    return methods.length === 0 ? [] : [{ ...route, methods }];
  });
