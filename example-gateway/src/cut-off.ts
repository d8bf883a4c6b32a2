import type { ServerResponse } from 'node:http';

/**
 * Cuts off a response so that the client detects it. If only the end of the connection marks the end of the body, as for
 * a client of HTTP/1.0, that has to be a reset.
 */
export const cutOff = (response: ServerResponse): void => {
  const { socket, headersSent } = response;
  const endsWithConnection = headersSent && !response.chunkedEncoding && !response.hasHeader('content-length');
  // A connection with TLS ends without the alert that marks an orderly end, and cannot be reset.
  if (socket !== null && endsWithConnection && !('encrypted' in socket)) socket.resetAndDestroy();
  response.destroy();
};
