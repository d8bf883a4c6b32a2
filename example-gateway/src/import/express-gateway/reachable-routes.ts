import { covers } from '../template';
import type { ImportReport } from '../report';
import type { Route } from './api-endpoints';

const overlapsHost = (earlier: Route, later: Route): boolean => earlier.host === '*' || earlier.host === later.host;

/**
 * Leaves out routes that no request reached, because an earlier one took it: here the most specific path decides, so
 * they would come to life.
 */
export const reachableRoutes = (routes: readonly Route[], report: ImportReport): readonly Route[] =>
  routes.flatMap((route, index) => {
    const earlier = routes
      .slice(0, index)
      .filter((other) => overlapsHost(other, route) && covers(other.template, route.template));
    const methods = route.methods.filter((method) => !earlier.some((other) => other.methods.includes(method)));
    if (methods.length === route.methods.length) return [route];
    const left = methods.length === 0 ? 'The path was' : 'These methods were';
    report.gap(
      route.node,
      `An earlier API endpoint, ${earlier[0]?.endpoint ?? ''}, takes requests to this one`,
      `${left} left out. Move the API endpoint up if it should have been reached`,
    );
    return methods.length === 0 ? [] : [{ ...route, methods }];
  });
