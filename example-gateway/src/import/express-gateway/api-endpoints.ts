import { isScopeName } from '../names';
import type { ImportReport } from '../report';
import type { SourceNode } from '../source-node';
import type { Template } from '../template';
import { hasReference } from './environment';
import { readPathPattern } from './path-pattern';

/** One path of an API endpoint. */
export interface Route {
  readonly endpoint: string;
  readonly node: SourceNode;
  /** The host, or its pattern; `*` for every one. */
  readonly host: string;
  readonly template: Template;
  readonly methods: readonly string[];
  readonly scopes: readonly string[];
  /** True if the route cannot be expressed. It still takes requests away from later ones. */
  readonly isLeftOut: boolean;
}

interface ReadPaths {
  readonly templates: readonly Template[];
  /** Templates of everything that paths without a counterpart might match. */
  readonly leftOut: readonly Template[];
}

/** The methods of an endpoint that lists none. HEAD follows GET. */
const ALL_METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

/** Paths of one gateway, at most. */
const MAX_ROUTES = 1_000;

const LEAVE_OUT = 'The path was left out. Declare its resources by hand';

/** Returns templates of everything that a pattern might match: all below the literal segments at its beginning. */
const possiblyMatched = (pattern: string): readonly Template[] => {
  const written = pattern.replace(/^\^/, '').split('/').slice(1, -1);
  const end = written.findIndex((segment) => !/^[A-Za-z0-9_~-]+$/.test(segment));
  const segments = (end === -1 ? written : written.slice(0, end)).map((text) => ({ kind: 'literal' as const, text }));
  return [
    { segments, hasRest: false },
    { segments, hasRest: true },
  ];
};

const readTemplates = (endpoint: SourceNode, report: ImportReport): ReadPaths => {
  const regex = endpoint.get('pathRegex');
  const listed = endpoint.getOne('paths', 'path').items();
  if (regex.isPresent) {
    report.gap(regex, 'Regular expressions for paths have no counterpart', LEAVE_OUT);
    return { templates: [], leftOut: possiblyMatched(regex.text() ?? '') };
  }
  if (listed.length === 0) return { templates: [{ segments: [], hasRest: true }], leftOut: [] };
  const [templates, leftOut]: [Template[], Template[]] = [[], []];
  for (const item of listed) {
    const path = item.text() ?? '';
    const read = hasReference(path) ? { problem: 'has an environment variable' } : readPathPattern(path);
    if ('problem' in read) {
      report.gap(item, `The path ${read.problem}`, LEAVE_OUT);
      leftOut.push(...possiblyMatched(path));
      continue;
    }
    for (const difference of read.differences) {
      report.gap(item, difference, 'Declare further resources if clients use them');
    }
    templates.push(...read.templates);
  }
  return { templates, leftOut };
};

const readMethods = (node: SourceNode, report: ImportReport): readonly string[] => {
  const methods = node
    .texts()
    .flatMap((text) => text.split(','))
    .map((method) => method.trim().toUpperCase());
  if (methods.length === 0 || methods.includes('*')) return ALL_METHODS;
  const valid = methods.filter((method) => /^[A-Z]+(?:-[A-Z]+)*$/.test(method) && method !== 'HEAD');
  if (methods.includes('HEAD') && !valid.includes('GET')) {
    report.gap(node, 'HEAD without GET has no counterpart', 'HEAD follows GET. Declare GET if it may be reached');
  }
  return [...new Set(valid)];
};

const readHost = (endpoint: SourceNode, report: ImportReport): string => {
  const regex = endpoint.get('hostRegex');
  const host = endpoint.get('host');
  const name = regex.text() ?? host.text() ?? '*';
  if (name !== '*' && name !== '') {
    const instead = 'Let the load balancer route only this host to the gateway, or start one gateway for each host';
    report.gap(regex.isPresent ? regex : host, 'APIs are served for every host name', instead);
  }
  return name === '' ? '*' : name;
};

const readScopes = (node: SourceNode, report: ImportReport): readonly string[] | undefined => {
  const names = node.items().map((item) => (typeof item.value === 'object' ? item.get('scope').text() : item.text()));
  const valid = names.filter((name) => name !== undefined);
  if (valid.every(isScopeName) && valid.length === names.length) return [...new Set(valid)];
  report.gap(
    node,
    'A scope has a name that is not possible here',
    'The path was left out. Choose other names for its scopes',
  );
  return undefined;
};

const readEndpoint = (name: string, endpoint: SourceNode, report: ImportReport): readonly Route[] => {
  const host = readHost(endpoint, report);
  const { templates, leftOut } = readTemplates(endpoint, report);
  const methods = readMethods(endpoint.get('methods'), report);
  const scopes = readScopes(endpoint.get('scopes'), report);
  const common = { endpoint: name, node: endpoint, host, methods, scopes: scopes ?? [] };
  return [
    ...leftOut.map((template) => ({ ...common, template, isLeftOut: true })),
    ...templates.map((template) => ({ ...common, template, isLeftOut: scopes === undefined })),
  ];
};

/** Reads `apiEndpoints`, in the order in which Express Gateway compares them with a request: by host, then as listed. */
export const readApiEndpoints = (endpoints: SourceNode, report: ImportReport): readonly Route[] => {
  const routes = endpoints.entries().flatMap(([name, value]) => {
    if (!value.isPresent) return readEndpoint(name, value, report);
    return value.items().flatMap((endpoint) => readEndpoint(name, endpoint.map(), report));
  });
  if (routes.length > MAX_ROUTES) return endpoints.fault(`has more than ${MAX_ROUTES} paths`) ?? [];
  const hosts = [...new Set(routes.map(({ host }) => host))];
  return hosts.flatMap((host) => routes.filter((route) => route.host === host));
};
