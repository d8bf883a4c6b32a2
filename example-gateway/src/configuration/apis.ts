import type { Fault, Faults, Path } from './fault';
import { isMap, readFields, type Fields } from './fields';
import { readOpenApiFile, type OpenApiFile } from './openapi-file';

/** Where requests of an API go: a server of the operator's, or one of the demos that the gateway starts itself. */
export type Upstream = { readonly kind: 'server'; readonly url: URL } | { readonly kind: 'demo' };

/** An API as the gateway mounts it. */
export interface MountedApi {
  readonly name: string;
  /** Public prefix, stripped before the upstream. */
  readonly context: string;
  readonly upstream: Upstream;
  /** Where tokens of sandbox keys go; left out: nowhere. */
  readonly sandbox: Upstream | undefined;
}

const API_KEYS = ['title', 'version', 'context', 'upstream', 'sandbox', 'resources', 'openapi'];

const RULE =
  'must be an http or https address without credentials or query, such as http://127.0.0.1:9001, or demo:orders';

const readUpstream = (faults: Faults, value: unknown, path: Path): Upstream | undefined => {
  if (value === 'demo:orders') return { kind: 'demo' };
  if (typeof value !== 'string' || !/^https?:\/\/[^\s?#@\\]+$/.test(value)) return faults.add(path, RULE);
  try {
    return { kind: 'server', url: new URL(value) };
  } catch {
    return faults.add(path, RULE);
  }
};

export interface Apis {
  readonly mounted: readonly MountedApi[];
  /** The part of each API that is scopegate's: all but where its requests go. */
  readonly declared: Fields;
  /** Puts what scopegate has against an OpenAPI document where the gateway's file names that. */
  relocate(fault: Fault): Fault;
}

/** Takes the gateway's own keys out of `apis`. Shapes that are wrong altogether are left for scopegate to name. */
export const readApis = (faults: Faults, value: unknown, file: string): Apis | undefined => {
  if (!isMap(value)) return undefined;
  const mounted: MountedApi[] = [];
  const documents = new Map<string, OpenApiFile>();

  const readApi = (name: string, api: Fields): Fields => {
    const path = ['apis', name];
    const { upstream, sandbox, openapi, ...rest } = readFields(faults, api, path, API_KEYS);
    const target =
      upstream === undefined
        ? faults.add([...path, 'upstream'], `is missing: it ${RULE}`)
        : readUpstream(faults, upstream, [...path, 'upstream']);
    const sandboxTarget = sandbox === undefined ? undefined : readUpstream(faults, sandbox, [...path, 'sandbox']);
    const context = typeof rest['context'] === 'string' ? rest['context'] : `/${name}`;
    if (target !== undefined) mounted.push({ name, context, upstream: target, sandbox: sandboxTarget });

    const declared = { ...rest, ...(sandbox === undefined ? {} : { sandbox: true }) };
    if (openapi === undefined) return declared;
    const read = readOpenApiFile(faults, openapi, [...path, 'openapi'], file);
    // Without the document nothing is known of its resources, which is no further fault.
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
    return { path: fault.path.slice(0, 3), problem: document.tell(inside, fault.problem) };
  };
  return { mounted, declared: Object.fromEntries(declared), relocate };
};
