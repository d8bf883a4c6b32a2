import type { Faults, Path } from './fault';
import type { Fields } from './fields';

/** An address to listen on. */
export interface Address {
  readonly host: string;
  /** 0 means any free port. */
  readonly port: number;
}

export const isPort = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 65_535;

/** Reads `host` and `port` below a key of the file. */
export const readAddress = (faults: Faults, fields: Fields, path: Path, fallback: Address): Address => {
  const { host: written = fallback.host, port = fallback.port } = fields;
  const host = typeof written === 'string' ? written.replace(/^\[([0-9A-Fa-f:.]+)\]$/, '$1') : written;
  const isHost = typeof host === 'string' && /^[A-Za-z0-9.:_-]+$/.test(host);
  if (!isHost) faults.add([...path, 'host'], 'must be a host name or an address such as 127.0.0.1');
  if (!isPort(port)) faults.add([...path, 'port'], 'must be a port from 0 to 65535; 0 means any free port');
  return { host: isHost ? host : fallback.host, port: isPort(port) ? port : fallback.port };
};

/** Returns host and port as they stand in a URL. */
export const authorityOf = ({ host, port }: Address): string => `${host.includes(':') ? `[${host}]` : host}:${port}`;
