import { readFile } from 'node:fs/promises';
import { X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import type { Values } from './command';
import { WrongUse } from './failure';

/** Certificates of connections to Redis, PEM. Empty: those of Node, and no client certificate. */
export interface Tls {
  readonly ca?: Buffer;
  readonly cert?: Buffer;
  readonly key?: Buffer;
}

const read = async (values: Values, flag: string): Promise<Buffer | undefined> => {
  const name = values[flag];
  if (name === undefined) return undefined;
  try {
    return await readFile(name);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw new WrongUse(`The file of --${flag} cannot be read (${code})`);
  }
};

const isValid = (tls: Tls): boolean => {
  try {
    createSecureContext(tls);
    // A context ignores a CA file that it cannot read.
    return tls.ca === undefined || new X509Certificate(tls.ca).fingerprint !== '';
  } catch {
    return false;
  }
};

/** Reads the certificates that the options name; `undefined` without an option for TLS. @throws WrongUse */
export const readTls = async (values: Values): Promise<Tls | undefined> => {
  if (!['tls', 'ca', 'cert', 'cert-key'].some((flag) => values[flag] !== undefined)) return undefined;
  const [ca, cert, key] = [await read(values, 'ca'), await read(values, 'cert'), await read(values, 'cert-key')];
  if ((cert === undefined) !== (key === undefined)) throw new WrongUse('Give both --cert and --cert-key, or neither');
  const tls = { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) };
  if (isValid(tls)) return tls;
  throw new WrongUse('The files of --ca, --cert and --cert-key are not PEM, or the key is not that of the certificate');
};
