import type { IncomingMessage } from 'node:http';

/** Checks whether data has already been read from a request's stream. */
export const wasRead = ({ readableDidRead, readableEnded }: IncomingMessage): boolean =>
  readableDidRead || readableEnded;

/** Returns the length of a request body in bytes, by its headers (RFC 9112 §6.3); `undefined` if they declare none. */
export const declaredLength = ({ headers }: IncomingMessage): number | undefined => {
  if (headers['transfer-encoding'] !== undefined) return undefined;
  return Number(headers['content-length'] ?? 0);
};

/** Makes a stream emit its data, in whatever state earlier middleware has left it. */
export const startFlowing = (request: IncomingMessage, isWanted: () => boolean): void => {
  if (request.listenerCount('readable') === 0) {
    request.resume(); // a listener for its data does not start a paused stream
    return;
  }
  // With a `readable` listener a stream does not flow; each read emits what it returns.
  const pull = (): void => {
    while (isWanted() && request.read() !== null);
  };
  request.on('readable', pull);
  pull();
};
