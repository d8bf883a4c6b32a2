import { X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import type { Faults, Path } from './fault';
import { isMap, readFields, type Fields } from './fields';
import { readPem } from './pem-file';

/** Certificate authority and client certificate of connections to Redis, PEM; left out: those of Node, and none. */
export interface RedisTls {
  readonly ca?: Buffer;
  readonly cert?: Buffer;
  readonly key?: Buffer;
}

const PATH: Path = ['redis', 'tls'];

const TLS_KEYS = ['ca', 'cert', 'key'] as const;

const readFile = (faults: Faults, fields: Fields, key: (typeof TLS_KEYS)[number], file: string): RedisTls => {
  const pem = fields[key] === undefined ? undefined : readPem(faults, fields[key], [...PATH, key], file);
  return pem === undefined ? {} : { [key]: pem };
};

const isValid = (tls: RedisTls): boolean => {
  try {
    createSecureContext(tls);
    // A context ignores a CA file that it cannot read.
    return tls.ca === undefined || new X509Certificate(tls.ca).fingerprint !== '';
  } catch {
    return false;
  }
};

/** Reads `redis.tls`; `undefined` for connections without TLS. `file` is the path of the YAML file. */
export const readRedisTls = (faults: Faults, value: unknown, file: string): RedisTls | undefined => {
  if (value === undefined || value === false) return undefined;
  if (value === true) return {};
  if (!isMap(value)) return faults.add(PATH, `must be true, or a map; known keys are ${TLS_KEYS.join(', ')}`);
  const fields = readFields(faults, value, PATH, TLS_KEYS);
  if ((fields['cert'] === undefined) !== (fields['key'] === undefined)) {
    return faults.add(PATH, 'must have both cert and key, or neither');
  }
  const read = (key: (typeof TLS_KEYS)[number]): RedisTls => readFile(faults, fields, key, file);
  const tls: RedisTls = { ...read('ca'), ...read('cert'), ...read('key') };
  if (isValid(tls)) return tls;
  return faults.add(PATH, 'names files that are not PEM certificates, or not the key of the certificate');
};
