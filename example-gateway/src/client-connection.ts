import type { RequestHandler } from 'express';
import type { Logger } from 'pino';
import type { LogFields, Logger as GateLogger } from 'scopegate';
import type { TrustProxy } from './configuration/trust-proxy';

/** A year, as long as browsers are asked to come back over https only (RFC 6797 §6.1.1). */
const TRANSPORT_SECURITY = 'max-age=31536000';

/** Says with every answer over https that there is no other way. An upstream cannot change that. */
export const keepHttps: RequestHandler = (request, response, next) => {
  if (request.secure) response.setHeader('Strict-Transport-Security', TRANSPORT_SECURITY);
  next();
};

/** The same for an answer below Express. */
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
        'X-Forwarded-For, X-Forwarded-Proto or Forwarded arrived and is ignored. If a proxy stands in front, set trustProxy, such as trustProxy: 1 for one proxy: until then all its clients are throttled as one address',
      );
    }
    next();
  };
};

/** The gateway's log for the gate: in the words of the file, and without what the gateway reports itself. */
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
