import type { Faults, Path } from './fault';
import { isMap, readFields, type Fields } from './fields';

/** Where requests of an API go: a server of the operator's, or one of the demos that the gateway starts itself. */
export type Upstream = { readonly kind: 'server'; readonly url: URL } | { readonly kind: 'demo' };

/** An API as the gateway mounts it. */
export interface MountedApi {
  readonly name: string;
  /** Public prefix, stripped before the upstream. */
  readonly context: string;
  readonly upstream: Upstream;
}

const API_KEYS = ['title', 'version', 'context', 'upstream', 'resources', 'openapi', 'sandbox'];

const RULE =
  'must be an http or https address without credentials or query, such as http://127.0.0.1:9001, or demo:orders';

const readUpstream = (faults: Faults, value: unknown, path: Path): Upstream | undefined => {
  if (value === undefined) return faults.add(path, `is missing: it ${RULE}`);
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
}

/** Takes the gateway's own keys out of `apis`. Shapes that are wrong altogether are left for scopegate to name. */
export const readApis = (faults: Faults, value: unknown): Apis | undefined => {
  if (!isMap(value)) return undefined;
  const mounted: MountedApi[] = [];
  const declared = Object.entries(value).map(([name, api]): [string, unknown] => {
    if (!isMap(api)) return [name, api];
    const path = ['apis', name];
    const { upstream, openapi, sandbox, ...rest } = readFields(faults, api, path, API_KEYS);
    if (openapi !== undefined) faults.add([...path, 'openapi'], 'is not available yet; list the resources instead');
    if (sandbox !== undefined) faults.add([...path, 'sandbox'], 'is not available yet; leave it out');
    const target = readUpstream(faults, upstream, [...path, 'upstream']);
    const context = typeof rest['context'] === 'string' ? rest['context'] : `/${name}`;
    if (target !== undefined) mounted.push({ name, context, upstream: target });
    return [name, openapi === undefined ? rest : { resources: [], ...rest }];
  });
  return { mounted, declared: Object.fromEntries(declared) };
};
