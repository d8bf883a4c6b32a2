import type { ImportedAccess } from '../access';
import { printAccess } from '../access';
import type { ImportedApi, ImportedLimit, ImportedResource } from '../imported-gateway';
import { label } from '../names';
import type { ImportReport } from '../report';
import { separate, type RuledResource } from '../separated-resources';
import type { SourceNode } from '../source-node';
import { readEndpoints, type Endpoints } from './endpoints';
import { guardable, readOperations, type Operation } from './operations';
import { readPath } from './path-template';
import { readPlans, type PlanServices } from './plans';
import type { Wso2Scopes } from './scopes';

export interface ApiServices extends PlanServices {
  readonly scopes: Wso2Scopes;
}

/** Verbs that stand for something other than a method of HTTP. */
const METHODS_OF_VERBS: Readonly<Record<string, string>> = { SUBSCRIBE: 'GET', PUBLISH: 'GET' };

const accessOf = ({ isPublic, scopes }: Operation): ImportedAccess =>
  isPublic ? { kind: 'public' } : { kind: 'any', scopes: [...new Set(scopes)] };

const limitOf = (
  operation: Operation,
  name: string,
  { throttling, report }: ApiServices,
): ImportedLimit | undefined => {
  const { node, policy, isPublic } = operation;
  const allowance = throttling.find(policy);
  if (allowance === 'unlimited') return undefined;
  if (allowance === undefined) {
    report.gap(
      node,
      `The numbers of the throttling policy ${policy} are not in the export`,
      `Write a limit for the resource of ${name}`,
    );
    return undefined;
  }
  const by = isPublic ? 'address' : 'application';
  report.gap(
    node,
    `The policy ${policy} counts all callers together; the limit counts each ${by}`,
    `Check the limit of the resource of ${name}`,
  );
  return { ...allowance, by };
};

/** Operations of one API, at most. */
const MAX_OPERATIONS = 1_000;

const bounded = (api: SourceNode, operations: readonly Operation[]): readonly Operation[] =>
  operations.length <= MAX_OPERATIONS ? operations : (api.fault(`has more than ${MAX_OPERATIONS} operations`) ?? []);

/** Applies the policy of the whole API to its operations, in place of theirs. */
const withPolicyOf = (api: SourceNode, operations: readonly Operation[]): readonly Operation[] => {
  const policy = api.get('apiThrottlingPolicy').text() ?? '';
  return policy === '' || policy === 'Unlimited'
    ? operations
    : operations.map((operation) => ({ ...operation, policy }));
};

const readResources = (
  operations: readonly Operation[],
  name: string,
  services: ApiServices,
): readonly ImportedResource[] => {
  const { report } = services;
  const ruled = operations.flatMap((operation): readonly RuledResource[] => {
    const { node, method: verb } = operation;
    const method = METHODS_OF_VERBS[verb] ?? verb;
    if (method === 'HEAD') return []; // follows GET
    if (!/^[A-Z]+(?:-[A-Z]+)*$/.test(method)) return node.fault('has a verb that is not an HTTP method') ?? [];
    const read = readPath(operation.path);
    if ('problem' in read) {
      report.gap(node, `The path ${read.problem}`, 'The operation was left out. Declare its resource by hand');
      return [];
    }
    services.scopes.require(operation.isPublic ? [] : operation.scopes, node);
    const limit = limitOf(operation, name, services);
    report.take(node, `apis.${name}.resources`);
    return [
      { ...read, methods: [method], access: accessOf(operation), node, ...(limit === undefined ? {} : { limit }) },
    ];
  });
  return separate(ruled, 'specific', 0, report).map(({ template, methods, access, limit }) => ({
    ...printAccess(template, 0, methods, access),
    ...(limit === undefined ? {} : { limit }),
  }));
};

/** Returns the addresses without a slash at the end, unless a resource is the context itself: then it counts. */
const addressesOf = (urls: readonly string[], resources: readonly ImportedResource[]): readonly string[] =>
  resources.some(({ path }) => path === '/' || path === '/*') ? urls : urls.map((url) => url.replace(/\/+$/, ''));

const withAddresses = ({ upstreams, sandbox, timeouts }: Endpoints, resources: readonly ImportedResource[]) => ({
  upstreams: addressesOf(upstreams, resources),
  ...(sandbox === undefined ? {} : { sandbox: addressesOf(sandbox, resources) }),
  ...(timeouts === undefined ? {} : { timeouts }),
});

/** Reads the public path: the version is its last segment, unless the context has a place for it. */
const readContext = (api: SourceNode, version: string, report: ImportReport): string | undefined => {
  const node = api.getOne('contextTemplate', 'context');
  const text = node.text();
  if (text === undefined) return api.fault('must have a context');
  const isWhole = api.peek('contextTemplate').isPresent || text.includes('{version}');
  api.ignore('context', 'contextTemplate');
  const context = (isWhole ? text.replaceAll('{version}', version) : `${text}/${version}`)
    .replace(/\/+/g, '/')
    .replace(/\/$/, '');
  const written = context.startsWith('/') ? context : `/${context}`;
  if (/^(?:\/(?!\.{1,2}(?:\/|$))[A-Za-z0-9._~-]+)+$/.test(written)) return written;
  report.gap(node, 'The context has characters that are not possible here', 'The API was left out. Declare it by hand');
  return undefined;
};

/** Reads an API. @returns `undefined` if it cannot be expressed */
export const readApi = (
  api: SourceNode,
  definition: SourceNode | undefined,
  name: string,
  services: ApiServices,
): ImportedApi | undefined => {
  const { report, scopes } = services;
  const identifier = api.get('id');
  identifier.ignore(...identifier.keys());
  const version = api.get('version').text() ?? identifier.peek('version').text() ?? '';
  const context = readContext(api, version, report);
  for (const entry of api.get('scopes').items()) scopes.declare(entry);
  const resources = readResources(
    withPolicyOf(api, guardable(bounded(api, readOperations(api, definition)), report)),
    name,
    services,
  );
  if (context === undefined) return undefined;
  if (resources.length === 0)
    report.gap(api, 'The API has no operations, so nothing of it can be reached', `Write resources of ${name}`);
  report.take(api.peek('context'), `apis.${name}.context`);
  const title = label(api.getOne('displayName', 'name').text(), 200);
  const printed = label(version, 200);
  const plans = readPlans(api, name, services);
  return {
    ...(title === undefined || title === name ? {} : { title }),
    ...(printed === undefined ? {} : { version: printed }),
    context,
    ...withAddresses(readEndpoints(api, name, report), resources),
    ...(plans.length === 0 ? {} : { plans }),
    ...(api.get('type').text() === 'WS' ? { websocket: true as const } : {}),
    resources,
  };
};
