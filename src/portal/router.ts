import { parametersOf } from '../access/path-template';
import { PathTree } from '../access/path-tree';
import { isCanonicalTarget } from '../protocol/paths';
import type { Answer } from '../pages/answer';
import type { UserVisit, Visit } from './visit';

interface Place {
  readonly method: 'GET' | 'POST';
  /** A path template such as `/applications/:id`, in the grammar of resources. */
  readonly path: string;
  /** For a form: the path of the page that contains it. @default the nearest page above the form's path */
  readonly page?: string;
}

/** A path of the portal, the users who may request it, and its handler. */
export type Route =
  | (Place & { readonly for: 'anyone'; readonly handle: (visit: Visit) => Promise<Answer> | Answer })
  | (Place & { readonly for: 'users' | 'admins'; readonly handle: (visit: UserVisit) => Promise<Answer> | Answer });

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

  /** Checks whether a path is a page that requires a sign-in. */
  isSignedInPage(path: string): boolean {
    const found = this.find('GET', path);
    return 'route' in found && found.route.for !== 'anyone';
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
