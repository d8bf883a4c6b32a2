import { getEndpoint } from './get-endpoint';
import type { Endpoint } from './routes';

const MAX_AGE_SECONDS = 300;

/** A document that anybody may read and keep for a while, from any origin: it says what clients must find out. */
export const metadataEndpoint = (describe: () => object | undefined): Endpoint => {
  const endpoint = getEndpoint(async () => ({
    status: 200,
    json: JSON.stringify(describe()),
    headers: { 'Access-Control-Allow-Origin': '*' },
    maxAge: MAX_AGE_SECONDS,
  }));
  return (request, response, next) => (describe() === undefined ? next() : endpoint(request, response, next));
};
