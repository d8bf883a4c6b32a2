import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { aServerFolder } from './server-process';

const run = promisify(execFile);

/** Paths of certificates for the loopback address, which end with the file's tests. */
export interface Certificates {
  readonly ca: string;
  /** Of a server and of a client, as PEM files. */
  readonly cert: string;
  readonly key: string;
}

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];

/** Creates an authority and a certificate of it, with `openssl`. */
export const someCertificates = async (): Promise<Certificates> => {
  const folder = await aServerFolder('certificates');
  const at = (name: string): string => join(folder, name);
  const names = at('names');
  await writeFile(names, 'subjectAltName=DNS:localhost,IP:127.0.0.1');
  const authority = ['-keyout', at('ca.key'), '-out', at('ca.pem'), '-subj', '/CN=authority', '-days', '2'];
  await run('openssl', ['req', '-x509', ...NEW_KEY, ...authority]);
  const request = ['-keyout', at('key.pem'), '-out', at('request'), '-subj', '/CN=localhost'];
  await run('openssl', ['req', ...NEW_KEY, ...request]);
  const signed = ['-CA', at('ca.pem'), '-CAkey', at('ca.key'), '-CAcreateserial', '-out', at('cert.pem'), '-days', '2'];
  await run('openssl', ['x509', '-req', '-in', at('request'), '-extfile', names, ...signed]);
  return { ca: at('ca.pem'), cert: at('cert.pem'), key: at('key.pem') };
};

/** Options of a Redis server or a Sentinel that listens with TLS only, and requires a client certificate. */
export const tlsOptions = (
  { ca, cert, key }: Certificates,
  port: number,
): Readonly<Record<string, string | number>> => ({
  port: 0,
  'tls-port': port,
  'tls-cert-file': cert,
  'tls-key-file': key,
  'tls-ca-cert-file': ca,
  'tls-replication': 'yes',
  'tls-cluster': 'yes',
});
