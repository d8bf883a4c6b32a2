import { parametersOf } from '../access/path-template';
import { PathTree } from '../access/path-tree';
import { isCanonicalTarget } from '../protocol/paths';
import type { Access, Handler, PageForm } from './page';
import type { UserVisit, Visit } from './visit';

/** One method of a path of the portal, the users who may request it, and its handler. */
export interface RouteOf<For extends Access, V extends Visit> extends PageForm<V> {
  readonly method: 'GET' | 'POST';
  readonly for: For;
  readonly handle: Handler<V>;
}

export type Route = RouteOf<'anyone' | 'readers', Visit> | RouteOf<'users' | 'admins', UserVisit>;

export interface FoundRoute {
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
}

/** Finds the route of a request, or the allowed methods if the path does not support the request's method. */
export class Router {
  readonly #tree = new PathTree<Route>();

  constructor(routes: readonly Route[]) {
    for (const route of routes) this.#tree.add(route.path, route.method, route);
  }

  /** Returns the path of the page that contains the form with this path. */
  pageOf(path: string): string {
    const form = this.find('POST', path);
    if ('route' in form && form.route.page !== undefined) return form.route.page;
    let above = path;
    while (above !== '' && !('route' in this.find('GET', above))) above = above.slice(0, above.lastIndexOf('/'));
    return above;
  }

  find(method: string, path: string): FoundRoute | { readonly allowed: readonly string[] } {
    const found = isCanonicalTarget(path) ? this.#tree.find(path) : undefined;
    if (found === undefined) return { allowed: [] };
    const route = found.leaf.get(method);
    if (route === undefined) return { allowed: [...found.leaf.keys()] };
    return { route, params: parametersOf(found.template, path) };
  }
}
