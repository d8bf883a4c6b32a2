import type { IncomingMessage } from 'node:http';
import type { RequestHandler } from 'express';
import { answers, send } from './answers';
import { isAuthority } from './proxy/forwarding';
import { namesWebSocket } from './websocket/handshake-request';

const isAmbiguous = ({ rawHeaders, httpVersion }: IncomingMessage): boolean => {
  let hosts = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]?.toLowerCase();
    const value = rawHeaders[index + 1] ?? '';
    if (name === 'host' && ((hosts += 1) > 1 || !isAuthority(value))) return true;
    if (name === 'transfer-encoding' && value.toLowerCase() !== 'chunked') return true;
  }
  return hosts === 0 && httpVersion !== '1.0';
};

/** Refuses WebSocket handshakes, which would reach the upstream as an ordinary GET while the client waits for a 101. */
export const refuseWebSockets: RequestHandler = (request, response, next) => {
  return namesWebSocket(request) ? send(response, answers.noUpgrade) : next();
};

/**
 * Refuses requests that Node accepts and an upstream may interpret differently: no `Host`, two of them, or one that is
 * not an authority (RFC 9112 §3.2), and a transfer coding that the gateway does not decode (§6.1).
 */
export const refuseAmbiguous: RequestHandler = (request, response, next) => {
  if (!isAmbiguous(request)) return next();
  response.setHeader('Connection', 'close');
  return send(response, answers.ambiguous);
};
