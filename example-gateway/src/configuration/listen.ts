import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { createSecureContext } from 'node:tls';
import type { Faults, Path } from './fault';
import { readFields } from './fields';

/** Certificate and key, PEM. */
export interface Tls {
  readonly cert: Buffer;
  readonly key: Buffer;
}

/** Where the gateway listens. */
export interface Listen {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  readonly tls: Tls | undefined;
}

const DEFAULT_HOST = '127.0.0.1';
const DEFAULT_PORT = 8080;

export const isPort = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 65_535;

const readPem = (faults: Faults, value: unknown, path: Path, file: string): Buffer | undefined => {
  if (typeof value !== 'string' || value === '') return faults.add(path, 'must be the path of a PEM file');
  try {
    return readFileSync(resolve(dirname(file), value));
  } catch {
    return faults.add(path, `names ${value}, which cannot be read; paths are relative to this file`);
  }
};

const readTls = (faults: Faults, value: unknown, file: string): Tls | undefined => {
  if (value === undefined) return undefined;
  const fields = readFields(faults, value, ['listen', 'tls'], ['cert', 'key']);
  const cert = readPem(faults, fields['cert'], ['listen', 'tls', 'cert'], file);
  const key = readPem(faults, fields['key'], ['listen', 'tls', 'key'], file);
  if (cert === undefined || key === undefined) return undefined;
  try {
    createSecureContext({ cert, key });
    return { cert, key };
  } catch {
    return faults.add(['listen', 'tls'], 'names files that are not a PEM certificate and its private key');
  }
};

/** Reads `listen`. `file` is the path of the YAML file, which relative paths start from. */
export const readListen = (faults: Faults, value: unknown, file: string): Listen => {
  const fields = readFields(faults, value, ['listen'], ['host', 'port', 'tls']);
  const { host = DEFAULT_HOST, port = DEFAULT_PORT } = fields;
  if (typeof host !== 'string' || !/^[A-Za-z0-9.:_-]+$/.test(host)) {
    faults.add(['listen', 'host'], 'must be a host name or an address such as 127.0.0.1');
  }
  if (!isPort(port)) faults.add(['listen', 'port'], 'must be a port from 0 to 65535; 0 is any free one');
  return {
    host: typeof host === 'string' ? host : DEFAULT_HOST,
    port: isPort(port) ? port : DEFAULT_PORT,
    tls: readTls(faults, fields['tls'], file),
  };
};
