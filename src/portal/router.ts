import type { Answer } from './answer';
import type { UserVisit, Visit } from './visit';

interface Place {
  readonly method: 'GET' | 'POST';
  /** Such as `/applications/:id`. A parameter is a whole segment. */
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

const decode = (segment: string): string | undefined => {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
};

const match = (template: readonly string[], segments: readonly string[]): FoundRoute['params'] | undefined => {
  if (template.length !== segments.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, part] of template.entries()) {
    const segment = segments[index] ?? '';
    if (!part.startsWith(':')) {
      if (part !== segment) return undefined;
      continue;
    }
    const value = decode(segment);
    if (value === undefined || value === '') return undefined;
    params[part.slice(1)] = value;
  }
  return params;
};

/** Finds the route of a request; for a path that takes another method, which ones it takes. */
export class Router {
  readonly #routes: readonly (readonly [template: readonly string[], route: Route])[];

  constructor(routes: readonly Route[]) {
    this.#routes = routes.map((route) => [route.path.split('/'), route] as const);
  }

  /** Whether a path is a page for which one signs in. */
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
    const segments = path.split('/');
    const allowed: string[] = [];
    for (const [template, route] of this.#routes) {
      const params = match(template, segments);
      if (params === undefined) continue;
      if (route.method === method) return { route, params };
      allowed.push(route.method);
    }
    return { allowed };
  }
}
