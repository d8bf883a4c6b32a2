import { getEndpoint } from './get-endpoint';
import type { Endpoint } from './routes';

const MAX_AGE_SECONDS = 300;

/**
 * Makes an endpoint for public metadata: any origin may read and cache it, for 5 minutes. Calls `next` if there is
 * none.
 */
export const metadataEndpoint = (describe: () => object | undefined): Endpoint => {
  const endpoint = getEndpoint(async () => ({
    status: 200,
    json: JSON.stringify(describe()),
    headers: { 'Access-Control-Allow-Origin': '*' },
    maxAge: MAX_AGE_SECONDS,
  }));
  return (request, response, next) => (describe() === undefined ? next() : endpoint(request, response, next));
};
