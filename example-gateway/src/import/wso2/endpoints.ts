import type { ImportedTimeouts } from '../imported-gateway';
import type { ImportReport } from '../report';
import type { SourceNode } from '../source-node';

/** The upstreams of an API. */
export interface Endpoints {
  readonly upstreams: readonly string[];
  readonly sandbox: readonly string[] | undefined;
  readonly timeouts: ImportedTimeouts | undefined;
}

const CREDENTIALS =
  'Let the upstream trust the gateway by network or client address, or add them in a proxy between them';

/** Reads one address. Without a scheme it is taken for https, so that nothing is sent in clear text by mistake. */
const readUrl = (endpoint: SourceNode, report: ImportReport): string | undefined => {
  const node = typeof endpoint.value === 'string' ? endpoint : endpoint.map().get('url');
  const text = node.text()?.trim();
  if (text === undefined || text === '') return undefined;
  const [, scheme = '', credentials, rest = ''] = /^([a-z][a-z0-9+.-]*:\/\/)?([^/@\s]*@)?([^\s]*)$/i.exec(text) ?? [];
  const known = /^(?:https?|wss?):\/\/$/i.exec(scheme);
  const [address = '', query] = rest.split(/[?#]/);
  if ((scheme !== '' && known === null) || !/^[A-Za-z0-9.[]/.test(address) || /[{}\\]/.test(address)) {
    report.gap(node, 'The address is not one of an http server', 'Write the upstream by hand');
    return undefined;
  }
  if (scheme === '') report.gap(node, 'The address has no scheme; https was assumed', 'Check the upstream');
  if (credentials !== undefined) report.gap(node, 'The address contains credentials, which were left out', CREDENTIALS);
  if (query !== undefined) report.gap(node, 'The address has a query, which was left out', 'Let clients send it');
  const secure = scheme === '' || /s:\/\/$/i.test(scheme);
  return `${secure ? 'https' : 'http'}://${address}`;
};

const readUrls = (config: SourceNode, kind: 'production' | 'sandbox', report: ImportReport): readonly string[] => {
  const nodes = config.get(`${kind}_endpoints`).items();
  const failovers = config.get(`${kind}_failovers`);
  const urls = [...nodes, ...failovers.items()].flatMap((node) => readUrl(node, report) ?? []);
  if (failovers.items().length > 0) {
    report.gap(
      failovers,
      'Requests are distributed over all upstreams, and not only to the first one that works',
      'Leave the others out of upstreams if they must be idle',
    );
  }
  return [...new Set(urls)];
};

const readTimeouts = (config: SourceNode): ImportedTimeouts | undefined => {
  const [first] = config.get('production_endpoints').items();
  const settings = first !== undefined && typeof first.value === 'object' ? first.get('config').map() : undefined;
  if (settings === undefined) return undefined;
  const duration = settings.get('actionDuration').number();
  const action = settings.get('actionSelect').text() ?? 'never';
  settings.ignore(
    'suspendErrorCode',
    'suspendDuration',
    'suspendMaxDuration',
    'factor',
    'retryErroCode',
    'retryErrorCode',
    'retryTimeOut',
    'retryDelay',
  );
  if (duration === undefined || duration < 1 || action === 'never') return undefined;
  return { response: Math.min(Math.round(duration), 3_600_000) };
};

const SECURITY_OFF = new Set(['NONE', 'none', '']);

/** Reports credentials with which the old gateway called the upstream. They are never printed. */
const reportSecurity = (config: SourceNode, report: ImportReport): void => {
  for (const [environment, node] of config.get('endpoint_security').entries()) {
    const isOn = node.map().get('enabled').flag() === true && !SECURITY_OFF.has(node.get('type').text() ?? '');
    if (isOn) report.gap(node, `Credentials for the ${environment} upstream are not sent`, CREDENTIALS);
    node.ignore(...node.keys());
  }
};

/** Reads `endpointConfig`. If there is no address for production tokens, the file refers to a variable. */
export const readEndpoints = (api: SourceNode, name: string, report: ImportReport): Endpoints => {
  const node = api.getOne('endpointConfig', 'endpoint');
  const config = node.parsed().map();
  const type = config.get('endpoint_type').text() ?? 'http';
  if (!['http', 'address', 'load_balance', 'failover', 'ws'].includes(type)) {
    report.gap(
      config.get('endpoint_type'),
      `Endpoints of the type ${type} have no counterpart`,
      'Set the upstream to an http server that does the work',
    );
  }
  reportSecurity(config, report);
  const production = readUrls(config, 'production', report);
  const sandbox = readUrls(config, 'sandbox', report);
  if (production.length > 0) report.take(config.get('production_endpoints'), `apis.${name}.upstream`);
  if (sandbox.length > 0) report.take(config.get('sandbox_endpoints'), `apis.${name}.sandbox`);
  if (production.length === 0) {
    report.gap(node, 'The API has no address for production', 'Set the environment variable of its upstream');
  }
  config.ignore('sessionManagement', 'sessionTimeOut', 'algoClassName', 'algoCombo', 'failOver');
  const missing = (): string =>
    report.variable(`${name} upstream`, `The address of the upstream of ${name}`, 'http://127.0.0.1');
  return {
    upstreams: production.length > 0 ? production : [missing()],
    sandbox: sandbox.length > 0 ? sandbox : undefined,
    timeouts: readTimeouts(config),
  };
};
