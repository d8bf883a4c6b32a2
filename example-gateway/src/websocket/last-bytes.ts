import type { Socket } from 'node:net';

/** Milliseconds for a peer. */
const PATIENCE = 10_000;

/** Ends a connection, and destroys it if it is not closed in time. What the peer sends meanwhile is discarded. */
export const endInTime = (socket: Socket, patience = PATIENCE): void => {
  if (socket.destroyed) return;
  const timer = setTimeout(() => socket.destroy(), patience);
  socket.once('close', () => clearTimeout(timer));
  socket.resume();
  if (!socket.writableEnded) socket.end();
};

/**
 * Ends a connection after what was written to it, for which the peer has time as long as it takes some. Then it has the
 * time of `endInTime` to close.
 */
export const endAfterLastBytes = (socket: Socket, patience = PATIENCE): void => {
  if (socket.destroyed || socket.writableFinished) return endInTime(socket, patience);
  socket.setTimeout(patience, () => socket.destroy());
  socket.once('finish', () => endInTime(socket, patience));
  socket.resume();
  if (!socket.writableEnded) socket.end();
};
