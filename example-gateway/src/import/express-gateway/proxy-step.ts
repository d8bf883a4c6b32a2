import type { ImportedTimeouts } from '../imported-gateway';
import type { ImportReport } from '../report';
import type { SourceNode } from '../source-node';
import { hasReference, withReferences } from './environment';
import type { Step } from './steps';

/** The target of a pipeline. */
export interface Target {
  readonly node: SourceNode;
  /** Addresses without a slash at the end. */
  readonly urls: readonly string[];
  /** The path that the upstream gets: the whole one, that after the first wildcard, or none. */
  readonly path: 'whole' | 'stripped' | 'ignored';
  readonly timeouts: ImportedTimeouts | undefined;
}

/** Options of the `proxy` policy, and what to do instead. */
const OPTIONS: Readonly<Record<string, string>> = {
  auth: 'Let the upstream trust the gateway by network or client address, or add the header in a proxy between them',
  autoRewrite: 'Let the upstream write its public address, from X-Forwarded-Host and X-Forwarded-Proto',
  followRedirects: 'Redirects are passed on to the client',
  headers: 'Let the upstream add the header, or a proxy between them',
  hostRewrite: 'Let the upstream write its public address, from X-Forwarded-Host',
  preserveHeaderKeyCase: 'Names of headers are passed on as received',
  protocolRewrite: 'Let the upstream write its public address, from X-Forwarded-Proto',
  proxyOptions: 'Declare what is needed by hand',
  proxyUrl: 'Connect to the upstream directly',
  target: 'Upstreams are called without a client certificate; set NODE_EXTRA_CA_CERTS for an authority of your own',
  timeout: 'Clients have 75 seconds between requests',
  toProxy: 'The upstream gets the path, not the whole URL',
};

const readUrl = (node: SourceNode, report: ImportReport): string | undefined => {
  const text = node.text()?.trim();
  if (text === undefined) return undefined;
  const [, scheme = '', credentials, rest = ''] = /^(https?:\/\/)([^/@\s]*@)?([^\s]*)$/i.exec(text) ?? [];
  if (scheme === '' && !hasReference(text.slice(0, 1))) return node.fault('must be an http or https address');
  if (credentials !== undefined)
    report.gap(node, 'The address contains credentials, which were left out', OPTIONS['auth'] ?? '');
  const [address = '', query] = (scheme === '' ? text : scheme.toLowerCase() + rest).split(/[?#]/);
  if (query !== undefined) report.gap(node, 'The address has a query, which was left out', 'Let clients send it');
  return withReferences(
    address.replace(/\/+$/, ''),
    report,
    'An address of an upstream, without a slash at its end',
    'http://127.0.0.1',
  );
};

const readTimeouts = (action: SourceNode): ImportedTimeouts | undefined => {
  const limit = action.get('proxyTimeout').number();
  if (limit === undefined || limit <= 0) return undefined;
  const milliseconds = Math.min(Math.max(Math.round(limit), 1), 3_600_000);
  return { response: milliseconds, idle: milliseconds };
};

const readPathMode = (action: SourceNode): Target['path'] => {
  if (action.get('ignorePath').flag() === true) return 'ignored';
  return action.get('stripPath').flag() === true ? 'stripped' : 'whole';
};

/** Reads the `proxy` step of a pipeline. @returns `undefined` if it cannot be expressed */
export const readTarget = ({ action }: Step, services: SourceNode, report: ImportReport): Target | undefined => {
  const reference = action.get('serviceEndpoint');
  const name = reference.text();
  if (name === undefined) {
    report.gap(action, 'A proxy without serviceEndpoint always answers 502', 'The pipeline was left out');
    return undefined;
  }
  const service = services.get(name).map();
  const urls = service
    .getOne('url', 'urls')
    .items()
    .flatMap((node) => readUrl(node, report) ?? []);
  if (urls.length === 0) {
    report.gap(reference, 'The service endpoint has no address', 'The pipeline was left out. Declare its API by hand');
    return undefined;
  }
  service.ignore('url', 'urls');
  for (const [option, instead] of Object.entries(OPTIONS)) {
    for (const holder of [action, service]) {
      const node = holder.get(option);
      if (node.isPresent && node.value !== false) report.gap(node, `${option} has no counterpart`, instead);
    }
  }
  if (action.get('secure').flag() === false) {
    report.gap(
      action.get('secure'),
      'Certificates of upstreams are always verified',
      'Set NODE_EXTRA_CA_CERTS to the authority that signed it',
    );
  }
  if (action.get('changeOrigin').flag() === false) {
    report.gap(action.get('changeOrigin'), 'The upstream gets its own name in Host', 'Let it read X-Forwarded-Host');
  }
  action.ignore('strategy', 'xfwd');
  const prepends = action.get('prependPath').flag() ?? true;
  return {
    node: service,
    urls: [...new Set(prepends ? urls : urls.map((url) => url.replace(/^(https?:\/\/[^/]+).*$/, '$1')))],
    path: readPathMode(action),
    timeouts: readTimeouts(action),
  };
};
