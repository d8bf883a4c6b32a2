import type { Request } from 'express';
import type { Logger } from '../events/logger';
import { OAuthError } from '../protocol/errors';
import type { IssuerAddress } from '../protocol/metadata';

const LOOPBACK = /^(?:127\.|::1$|::ffff:127\.)/;

/** Headers by which a proxy describes the request that it forwards. */
const FORWARDING = ['x-forwarded-for', 'x-forwarded-proto', 'x-forwarded-host', 'x-real-ip', 'forwarded'];

const isForwarded = ({ headers }: Request): boolean => FORWARDING.some((name) => headers[name] !== undefined);

/** Express's compiled "trust proxy". */
type Trust = (address: string | undefined, hop: number) => boolean;

/** Checks whether Express's "trust proxy" covers the machine at the other end of the connection. */
const isTrustedPeer = ({ app, socket }: Request): boolean => {
  const trusts = app.get('trust proxy fn') as Trust | undefined;
  return trusts?.(socket.remoteAddress, 0) === true;
};

/**
 * Checks whether a request comes from this machine. A forwarded request counts as local only if a trusted proxy sent
 * `X-Forwarded-For`: otherwise the address is that of the proxy. A Unix socket has no address.
 */
const isLocal = (request: Request): boolean => {
  if (request.ip !== undefined && !LOOPBACK.test(request.ip)) return false;
  if (!isForwarded(request)) return true;
  return isTrustedPeer(request) && request.headers['x-forwarded-for'] !== undefined;
};

/** Loggers of the gates that have logged the warning. */
const warned = new WeakSet<Logger>();

/** Warns, once per gate, if requests are forwarded and no proxy is trusted. The line has `ignored: 'forwarded'`. */
const warnOfIgnoredHeaders = (request: Request, logger: Logger): void => {
  if (warned.has(logger) || Boolean(request.app.get('trust proxy')) || !isForwarded(request)) return;
  warned.add(logger);
  logger.warn(
    { ignored: 'forwarded' },
    'X-Forwarded-For, X-Forwarded-Proto or Forwarded arrived and is ignored. If there is a proxy in front, set Express\'s "trust proxy" to that proxy: until then all its clients are throttled as one address',
  );
};

export interface TransportRules {
  readonly requireTls: boolean;
  /** The logger of the gate. */
  readonly logger: Logger;
}

/**
 * Refuses a request that crossed a network in clear text, if https is required (RFC 6749 §3.2).
 *
 * @throws OAuthError `invalid_request`
 */
export const requireHttps = (request: Request, { requireTls, logger }: TransportRules): void => {
  warnOfIgnoredHeaders(request, logger);
  if (!requireTls || request.secure || isLocal(request)) return;
  logger.error(
    { address: request.ip },
    'A plain request was refused: serve https, or let a proxy do it and set Express\'s "trust proxy" to that proxy',
  );
  throw new OAuthError('invalid_request', 'Use https: this endpoint does not accept plain http.', {
    problem: { name: 'https_required' },
  });
};

/** Warns if clients would send credentials over a network in clear text. */
export const warnOfHttpIssuer = ({ origin }: IssuerAddress, logger: Logger): void => {
  const { protocol, hostname } = new URL(origin);
  if (protocol === 'https:' || /^(?:127\.\d+\.\d+\.\d+|\[::1\]|(?:.+\.)?localhost)$/.test(hostname)) return;
  logger.warn(
    { issuer: origin },
    'The issuer is http and not on the loopback: passwords, secrets and tokens cross the network in clear. Serve https and set issuer to it',
  );
};
