import type { IncomingMessage } from 'node:http';
import type { RequestHandler } from 'express';
import { answers, send, type Answer } from './answers';
import { isAuthority } from './proxy/forwarding';
import { namesWebSocket } from './websocket/handshake-request';

/** Node meets this expectation itself. */
const CONTINUE = /(?:^|\W)100-continue(?:$|\W)/i;

const refusalOf = ({ rawHeaders, httpVersion }: IncomingMessage): Answer | undefined => {
  let hosts = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]?.toLowerCase();
    const value = rawHeaders[index + 1] ?? '';
    if (name === 'host' && ((hosts += 1) > 1 || !isAuthority(value))) return answers.ambiguous;
    if (name === 'transfer-encoding' && value.toLowerCase() !== 'chunked') return answers.ambiguous;
    if (name === 'expect' && !CONTINUE.test(value)) return answers.unmetExpectation;
  }
  return hosts === 0 && httpVersion !== '1.0' ? answers.ambiguous : undefined;
};

/** Refuses WebSocket handshakes, which would reach the upstream as an ordinary GET while the client waits for a 101. */
export const refuseWebSockets: RequestHandler = (request, response, next) => {
  return namesWebSocket(request) ? send(response, answers.noUpgrade) : next();
};

/**
 * Refuses requests that Node accepts and an upstream may interpret differently: no `Host`, two of them, or one that is
 * not an authority (RFC 9112 §3.2), and a transfer coding that the gateway does not decode (§6.1); and expectations that
 * the gateway does not meet (RFC 9110 §10.1.1).
 */
export const refuseAmbiguous: RequestHandler = (request, response, next) => {
  const refusal = refusalOf(request);
  if (refusal === undefined) return next();
  response.setHeader('Connection', 'close');
  return send(response, refusal);
};
