import type { ServerResponse } from 'node:http';
import type { Request } from 'express';
import type { Gate } from 'scopegate';
import { onClosed } from '../observe/closed-response';

/** Watches the token of a request, as `gate.watch` does. */
export type Watch = Gate['watch'];

const isEventStream = (response: ServerResponse): boolean =>
  /^text\/event-stream\b/i.test(String(response.getHeader('content-type') ?? ''));

/**
 * Closes a response with server-sent events when the token of its request ends: such a stream has no end of its own.
 * Called when the headers of the response are known.
 */
export const closeWithToken = (request: Request, response: ServerResponse, watch: Watch): void => {
  if (!isEventStream(response)) return;
  const stopWatching = watch(request, () => response.destroy());
  onClosed(response, stopWatching);
};
