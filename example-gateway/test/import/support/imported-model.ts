import { PathTree } from '../../../../src/access/path-tree';
import type { Served } from './express-gateway-model';
import type { ImportedFile } from './imported';

interface Resource {
  readonly path: string;
  readonly methods: readonly string[];
  readonly scopes?: readonly string[];
  readonly public?: boolean;
}

interface Api {
  readonly context: string;
  readonly upstream: string;
  readonly resources: readonly Resource[];
}

const ruleOf = ({ scopes = [], public: isPublic }: Resource): string =>
  isPublic === true ? 'public' : `token ${[...scopes].sort().join(' ')}`;

/** The path below the context, after the path of the upstream; nothing for the context itself. */
const joined = (upstream: string, below: string): string => {
  const { origin, pathname } = new URL(upstream);
  if (below === '') return origin + pathname;
  return origin + pathname.replace(/\/$/, '') + below;
};

/** The routing of the gateway, by its matcher. */
export const importedModel = ({ apis }: ImportedFile) => {
  const trees = (Object.values(apis) as unknown as readonly Api[])
    .map((api) => {
      const tree = new PathTree<Resource>();
      for (const resource of api.resources) {
        for (const method of resource.methods) tree.add(resource.path, method, resource);
      }
      return { api, tree };
    })
    .sort((one, other) => other.api.context.length - one.api.context.length);
  return (method: string, path: string): Served | undefined => {
    const found = trees.find(({ api: { context } }) => path === context || path.startsWith(`${context}/`));
    if (found === undefined) return undefined;
    const { api, tree } = found;
    const below = path.slice(api.context.length);
    const resource = tree.find(below === '' ? '/' : below)?.leaf.get(method);
    return resource && { rule: ruleOf(resource), upstream: joined(api.upstream, below) };
  };
};
