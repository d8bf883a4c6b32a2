import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';

/** A constant target and its connection pool. No part of the target comes from a request. */
export interface Upstream {
  readonly target: { readonly protocol: string; readonly host: string; readonly port: string; readonly path: string };
  /** The value of `Host`. */
  readonly authority: string;
  readonly agent: HttpAgent;
}

// Milliseconds, below the five seconds after which many servers close an idle connection: none closes under a request.
const IDLE_SOCKET = 4_000;

export const openUpstream = (url: URL, sockets: number): Upstream => {
  const secure = url.protocol === 'https:';
  const options = { keepAlive: true, maxSockets: sockets, maxFreeSockets: 32, timeout: IDLE_SOCKET };
  return {
    target: {
      protocol: url.protocol,
      host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
      port: url.port === '' ? (secure ? '443' : '80') : url.port,
      path: url.pathname === '/' ? '' : url.pathname,
    },
    authority: url.host,
    agent: secure ? new HttpsAgent(options) : new HttpAgent(options),
  };
};
