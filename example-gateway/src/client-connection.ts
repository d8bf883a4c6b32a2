import type { RequestHandler } from 'express';
import type { Logger } from 'pino';
import type { LogFields, Logger as GateLogger } from 'scopegate';
import type { TrustProxy } from './configuration/trust-proxy';

/** Browsers use https only for one year (RFC 6797 §6.1.1). */
const TRANSPORT_SECURITY = 'max-age=31536000';

/** Adds `Strict-Transport-Security` to every response over https. An upstream cannot change it. */
export const addStrictTransportSecurity: RequestHandler = (request, response, next) => {
  if (request.secure) response.setHeader('Strict-Transport-Security', TRANSPORT_SECURITY);
  next();
};

/** The same header line, for responses that are written directly to a socket. */
export const transportSecurityLine = `Strict-Transport-Security: ${TRANSPORT_SECURITY}`;

const FORWARDING = ['x-forwarded-for', 'x-forwarded-proto', 'x-forwarded-host', 'x-real-ip', 'forwarded'];

interface Reported {
  readonly trustProxy: TrustProxy;
  readonly logger: Logger;
}

/** Warns once when a proxy forwards requests and no proxy is trusted. */
export const reportIgnoredHeaders = ({ trustProxy, logger }: Reported): RequestHandler => {
  let isReported = trustProxy !== false;
  return ({ headers }, _response, next) => {
    if (!isReported && FORWARDING.some((name) => headers[name] !== undefined)) {
      isReported = true;
      logger.warn(
        'X-Forwarded-For, X-Forwarded-Proto or Forwarded arrived and is ignored. If there is a proxy in front, set trustProxy, such as trustProxy: 1 for one proxy: until then all its clients are throttled as one address',
      );
    }
    next();
  };
};

/** Adapts the gateway's logger for the gate: messages use the file's keys and omit what the gateway logs itself. */
export const gateLogger = (logger: Logger): GateLogger => {
  const write =
    (level: 'info' | 'warn' | 'error') =>
    (fields: LogFields, message: string): void => {
      if (fields['ignored'] === 'forwarded') return;
      logger[level](
        fields,
        message.replace('set Express\'s "trust proxy" to that proxy', 'set trustProxy to that proxy'),
      );
    };
  return { info: write('info'), warn: write('warn'), error: write('error') };
};
