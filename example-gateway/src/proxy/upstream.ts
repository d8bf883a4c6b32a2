import { ConnectionPool } from './connection-pool';
import { SocketOpener } from './upstream-socket';

/** A server with its connections. No part of its address comes from a request. */
export interface Upstream {
  /** The name or address, without port and brackets. */
  readonly host: string;
  /** The value of `Host`. */
  readonly authority: string;
  /** The beginning of every path below the context, without a slash at its end; empty for none. */
  readonly basePath: string;
  /** The path for the context itself, as declared. */
  readonly ownPath: string;
  readonly connections: ConnectionPool;
  /** Opens connections that are in no pool. */
  readonly opener: SocketOpener;
}

/** Prepares a server. Connections are opened on demand, up to a number. */
export const openUpstream = (url: URL, maxConnections: number): Upstream => {
  const isSecure = url.protocol === 'https:';
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const port = url.port === '' ? (isSecure ? 443 : 80) : Number(url.port);
  const opener = new SocketOpener({ isSecure, host, port });
  return {
    host,
    authority: url.host,
    basePath: url.pathname.replace(/\/+$/, ''),
    ownPath: url.pathname,
    connections: new ConnectionPool(url.origin, opener, maxConnections),
    opener,
  };
};
