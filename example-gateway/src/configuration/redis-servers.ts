import { isPort } from './address';
import type { Faults, Path } from './fault';
import { isMap, readFields } from './fields';

/** The address of a Sentinel or of a node of a Cluster. */
export interface RedisServer {
  readonly host: string;
  readonly port: number;
}

const MAX_SERVERS = 100;

const LIST_RULE = `must be a list of 1 to ${MAX_SERVERS} addresses, such as [{ host: 10.0.0.1, port: 26379 }]`;

const HOST = /^(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.:_-]+)$/;

const readServer = (faults: Faults, value: unknown, path: Path, defaultPort: number): RedisServer => {
  const { host, port = defaultPort } = readFields(faults, value, path, ['host', 'port']);
  const isHost = typeof host === 'string' && HOST.test(host);
  if (!isHost) faults.add([...path, 'host'], 'must be a host name or an address such as 10.0.0.1');
  const isServerPort = isPort(port) && port > 0;
  if (!isServerPort) faults.add([...path, 'port'], 'must be a port from 1 to 65535');
  return { host: isHost ? host.replace(/^\[|\]$/g, '') : '', port: isServerPort ? port : defaultPort };
};

/** Reads a list of `{ host, port }`. */
export const readServers = (
  faults: Faults,
  value: unknown,
  path: Path,
  defaultPort: number,
): readonly RedisServer[] => {
  if (!Array.isArray(value) || value.length === 0 || value.length > MAX_SERVERS)
    return faults.add(path, LIST_RULE) ?? [];
  return value.map((item: unknown, index) => {
    if (isMap(item)) return readServer(faults, item, [...path, index], defaultPort);
    return faults.add([...path, index], 'must be a map with host and port') ?? { host: '', port: defaultPort };
  });
};
