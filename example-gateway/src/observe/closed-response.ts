import type { ServerResponse } from 'node:http';

/**
 * Calls a function once when a response is finished or its connection is closed. Node's stream functions add about ten
 * listeners of their own, so the number above which Node warns is raised by this one.
 */
export const onClosed = (response: ServerResponse, act: () => void): void => {
  response.setMaxListeners(response.getMaxListeners() + 1);
  response.once('close', act);
};
