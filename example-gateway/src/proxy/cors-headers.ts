import type { ServerResponse } from 'node:http';
import type { Edit } from './response-headers';

/** Leaves out the CORS headers of an upstream: two decisions about one origin would contradict each other. */
export const withoutCors =
  (edit: Edit): Edit =>
  (folded, value) =>
    folded.startsWith('accesscontrol') ? undefined : edit(folded, value);

/** Returns the CORS headers that the gate has set, with the request headers on which they depend. */
export const corsHeadersOf = (response: ServerResponse): Readonly<Record<string, string>> =>
  Object.fromEntries(
    response
      .getHeaderNames()
      .filter((name) => name === 'vary' || name.startsWith('access-control-'))
      .map((name) => [name, String(response.getHeader(name))]),
  );
