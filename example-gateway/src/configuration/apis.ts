import type { Fault, Faults, Path } from './fault';
import { isMap, readFields, type Fields } from './fields';
import { readOpenApiFile, type OpenApiFile } from './openapi-file';
import { readTimeouts, type DeclaredTimeouts } from './timeouts';
import { readSandbox, readUpstream, readUpstreams, UPSTREAM_RULE, type Upstream } from './upstreams';

/** An API as the gateway mounts it. */
export interface MountedApi {
  readonly name: string;
  /** Public prefix, stripped before the upstream. */
  readonly context: string;
  readonly upstream: Upstream;
  /** The target of requests with sandbox tokens; left out: they are refused. */
  readonly sandbox: Upstream | undefined;
  /** The time limits of both; those that are left out have the gateway's defaults. */
  readonly timeouts: DeclaredTimeouts;
  /** True if it accepts WebSocket handshakes. */
  readonly websocket: boolean;
}

const API_KEYS = [
  'title',
  'version',
  'description',
  'tags',
  'lifecycle',
  'context',
  'upstream',
  'upstreams',
  'sandbox',
  'timeouts',
  'websocket',
  'approval',
  'plans',
  'resources',
  'openapi',
];

/** Reads `upstream`, or `upstreams` in its place. */
const readTarget = (faults: Faults, { upstream, upstreams }: Fields, path: Path): Upstream | undefined => {
  if (upstreams === undefined) {
    if (upstream !== undefined) return readUpstream(faults, upstream, [...path, 'upstream']);
    return faults.add([...path, 'upstream'], `is missing: it ${UPSTREAM_RULE}`);
  }
  if (upstream !== undefined) faults.add([...path, 'upstreams'], 'is set beside upstream; keep one of them');
  return readUpstreams(faults, upstreams, [...path, 'upstreams']);
};

export interface Apis {
  readonly mounted: readonly MountedApi[];
  /** The part of each API that is passed to scopegate: all keys except the upstreams and time limits. */
  readonly declared: Fields;
  /** Moves a fault that scopegate found inside an OpenAPI document to the key of the gateway's file that names it. */
  relocate(fault: Fault): Fault;
}

/** Extracts the gateway's own keys from `apis`. Values of the wrong type are left for scopegate to report. */
export const readApis = (faults: Faults, value: unknown, file: string): Apis | undefined => {
  if (!isMap(value)) return undefined;
  const mounted: MountedApi[] = [];
  const documents = new Map<string, OpenApiFile>();

  const readApi = (name: string, api: Fields): Fields => {
    const path = ['apis', name];
    const fields = readFields(faults, api, path, API_KEYS);
    const { upstream: _upstream, upstreams: _upstreams, sandbox, timeouts, openapi, ...rest } = fields;
    const upstream = readTarget(faults, fields, path);
    const sandboxTarget = sandbox === undefined ? undefined : readSandbox(faults, sandbox, [...path, 'sandbox']);
    const limits = readTimeouts(faults, timeouts, [...path, 'timeouts']);
    const context = typeof rest['context'] === 'string' ? rest['context'] : `/${name}`;
    if (upstream !== undefined) {
      const websocket = rest['websocket'] === true;
      mounted.push({ name, context, upstream, sandbox: sandboxTarget, timeouts: limits, websocket });
    }

    const declared = { ...rest, ...(sandbox === undefined ? {} : { sandbox: true }) };
    if (openapi === undefined) return declared;
    const read = readOpenApiFile(faults, openapi, [...path, 'openapi'], file);
    // The resources of an unreadable document are unknown, which must not be reported as a second fault.
    if (read === undefined) return { resources: [], ...declared };
    documents.set(name, read);
    return { ...declared, openapi: read.document };
  };

  const declared = Object.entries(value).map(([name, api]): [string, unknown] => [
    name,
    isMap(api) ? readApi(name, api) : api,
  ]);
  const relocate = (fault: Fault): Fault => {
    const [section, name, key, ...inside] = fault.path;
    const document = section === 'apis' && key === 'openapi' ? documents.get(String(name)) : undefined;
    if (document === undefined || inside.length === 0) return fault;
    return { path: fault.path.slice(0, 3), problem: document.describe(inside, fault.problem) };
  };
  return { mounted, declared: Object.fromEntries(declared), relocate };
};
