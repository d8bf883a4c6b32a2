import type { Faults, Path } from './fault';

/** The target of an API's requests: servers that the operator runs, or a demo that the gateway starts. */
export type Upstream = { readonly kind: 'servers'; readonly urls: readonly URL[] } | { readonly kind: 'demo' };

/** The maximum number of servers of one API and environment. */
export const MAX_UPSTREAMS = 32;

const ADDRESS = 'an http or https address without credentials or query, such as http://127.0.0.1:9001';

const LIST = `a list of 1 to ${MAX_UPSTREAMS} addresses, such as [http://10.0.0.1:9001, http://10.0.0.2:9001]`;

export const UPSTREAM_RULE = `must be ${ADDRESS}, or demo:orders`;

const readUrl = (value: unknown): URL | undefined => {
  if (typeof value !== 'string' || !/^https?:\/\/[^\s?#@\\]+$/.test(value)) return undefined;
  return URL.canParse(value) ? new URL(value) : undefined;
};

/** Reads one address, or the name of a demo. */
export const readUpstream = (faults: Faults, value: unknown, path: Path): Upstream | undefined => {
  if (value === 'demo:orders') return { kind: 'demo' };
  const url = readUrl(value);
  return url === undefined ? faults.add(path, UPSTREAM_RULE) : { kind: 'servers', urls: [url] };
};

/** Reads a list of addresses of servers that run the same service. */
export const readUpstreams = (faults: Faults, value: unknown, path: Path): Upstream | undefined => {
  if (!Array.isArray(value) || value.length === 0 || value.length > MAX_UPSTREAMS) {
    return faults.add(path, `must be ${LIST}`);
  }
  const urls: URL[] = [];
  for (const [index, item] of value.entries()) {
    const url = readUrl(item);
    if (url === undefined) faults.add([...path, index], `must be ${ADDRESS}`);
    else if (urls.some(({ href }) => href === url.href)) faults.add([...path, index], 'is a duplicate');
    else if (urls[0] !== undefined && urls[0].pathname !== url.pathname) {
      faults.add([...path, index], 'must have the same path as the first address, because all serve the same requests');
    } else urls.push(url);
  }
  return urls.length === value.length ? { kind: 'servers', urls } : undefined;
};

/** Reads `sandbox`, which is one address, the name of a demo, or a list of addresses. */
export const readSandbox = (faults: Faults, value: unknown, path: Path): Upstream | undefined =>
  Array.isArray(value) ? readUpstreams(faults, value, path) : readUpstream(faults, value, path);
