import { X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import { authorityOf, readAddress, type Address } from './address';
import type { Faults } from './fault';
import { readFields } from './fields';
import { readPem } from './pem-file';

/** Certificate and key, PEM. */
export interface Tls {
  readonly cert: Buffer;
  readonly key: Buffer;
  /** True if the certificate is self-signed. */
  readonly isSelfSigned: boolean;
  /** The end of the certificate's validity, ISO 8601. */
  readonly expires: string;
}

/** The address that the gateway listens on, and its TLS files. */
export interface Listen extends Address {
  readonly tls: Tls | undefined;
}

const DEFAULT_ADDRESS: Address = { host: '127.0.0.1', port: 8080 };

const isSelfSigned = (certificate: X509Certificate): boolean =>
  certificate.checkIssued(certificate) && certificate.verify(certificate.publicKey);

const readTls = (faults: Faults, value: unknown, file: string): Tls | undefined => {
  if (value === undefined) return undefined;
  const fields = readFields(faults, value, ['listen', 'tls'], ['cert', 'key']);
  const cert = readPem(faults, fields['cert'], ['listen', 'tls', 'cert'], file);
  const key = readPem(faults, fields['key'], ['listen', 'tls', 'key'], file);
  if (cert === undefined || key === undefined) return undefined;
  try {
    createSecureContext({ cert, key });
    const certificate = new X509Certificate(cert);
    const expires = new Date(certificate.validTo).toISOString();
    return { cert, key, isSelfSigned: isSelfSigned(certificate), expires };
  } catch {
    return faults.add(['listen', 'tls'], 'names files that are not a PEM certificate and its private key');
  }
};

/** Reads `listen`. `file` is the path of the YAML file; paths in it are relative to its folder. */
export const readListen = (faults: Faults, value: unknown, file: string): Listen => {
  const fields = readFields(faults, value, ['listen'], ['host', 'port', 'tls']);
  return {
    ...readAddress(faults, fields, ['listen'], DEFAULT_ADDRESS),
    tls: readTls(faults, fields['tls'], file),
  };
};

/** Returns the URL of a gateway that listens at this address. */
export const urlOf = ({ tls, ...address }: Listen, authority = authorityOf(address)): string =>
  `${tls === undefined ? 'http' : 'https'}://${authority}`;
