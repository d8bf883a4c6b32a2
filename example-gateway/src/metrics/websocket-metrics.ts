import { Counter, Gauge, type Registry } from 'prom-client';
import type { WebSocketListener } from '../websocket/web-socket-listener';

/** The label `code` of a WebSocket that the gateway has not closed, because the codes of others are not read. */
const NONE = '(none)';

/** Registers the metrics of WebSockets. */
export const createWebSocketMetrics = (registry: Registry): WebSocketListener => {
  const registers = [registry];
  const open = new Gauge({
    name: 'scopegate_websockets_open',
    help: 'Open WebSockets',
    labelNames: ['api'],
    registers,
  });
  const closed = new Counter({
    name: 'scopegate_websockets_closed_total',
    help: 'Closed WebSockets, by the side that closed them first, and the code if that was the gateway',
    labelNames: ['api', 'closed_by', 'code'],
    registers,
  });
  return {
    onOpened: ({ api }) => open.inc({ api }),
    onClosed: ({ api }, { closedBy, code }) => {
      open.dec({ api });
      closed.inc({ api, closed_by: closedBy, code: code === undefined ? NONE : String(code) });
    },
  };
};
