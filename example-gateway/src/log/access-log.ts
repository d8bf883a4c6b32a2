import type { Logger } from 'pino';
import type { FinishedRequest, FinishedRequestListener } from '../observe/finished-request';
import type { WebSocketListener } from '../websocket/web-socket-listener';

const MICROSECONDS = 1_000;

const rounded = (milliseconds: number): number => Math.round(milliseconds * MICROSECONDS) / MICROSECONDS;

/** Returns the fields of a line. None contains the path, the query, a user or a header of the client, except the id. */
const fieldsOf = (finished: FinishedRequest): object => {
  const { method, place, api, resource, status, durationMs, clientId, requestId, traceId, reason, isAborted } =
    finished;
  const aborted = isAborted ? true : undefined;
  // pino leaves out what is undefined
  return {
    method,
    place,
    api,
    resource,
    status,
    durationMs: rounded(durationMs),
    clientId,
    requestId,
    traceId,
    reason,
    aborted,
  };
};

/** Writes one line for each request, at level `info`. */
export const accessLog =
  (logger: Logger): FinishedRequestListener =>
  (finished) =>
    logger.info(fieldsOf(finished), 'request');

/** Writes one line for each WebSocket when it is closed, at level `info`. Its handshake is a request of its own. */
export const webSocketLog = (logger: Logger): WebSocketListener => ({
  onOpened: () => undefined,
  onClosed: (facts, { closedBy, code }, durationMs) =>
    logger.info({ ...facts, durationMs: rounded(durationMs), closedBy, code }, 'websocket closed'),
});
