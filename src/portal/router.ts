import { parametersOf } from '../access/path-template';
import { PathTree } from '../access/path-tree';
import { isCanonicalTarget } from '../protocol/paths';
import type { Answer } from './answer';
import type { UserVisit, Visit } from './visit';

interface Place {
  readonly method: 'GET' | 'POST';
  /** A path template such as `/applications/:id`, in the grammar of resources. */
  readonly path: string;
  /** Of a form: the page that it is on. @default the nearest page above the path */
  readonly page?: string;
}

/** A path of the Store, who may come there, and what answers. */
export type Route =
  | (Place & { readonly for: 'anyone'; readonly handle: (visit: Visit) => Promise<Answer> | Answer })
  | (Place & { readonly for: 'users' | 'admins'; readonly handle: (visit: UserVisit) => Promise<Answer> | Answer });

export interface FoundRoute {
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
}

/** Finds the route of a request; for a path that takes another method, which ones it takes. */
export class Router {
  readonly #tree = new PathTree<Route>();

  constructor(routes: readonly Route[]) {
    for (const route of routes) this.#tree.add(route.path, route.method, route);
  }

  /** Checks whether a path is a page for which one signs in. */
  isSignedInPage(path: string): boolean {
    const found = this.find('GET', path);
    return 'route' in found && found.route.for !== 'anyone';
  }

  /** The page that the form of a path is on. */
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
