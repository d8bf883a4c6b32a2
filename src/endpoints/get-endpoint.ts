import { send, type Reply } from './endpoint';
import type { Endpoint } from './routes';

const notAllowed: Reply = {
  status: 405,
  json: JSON.stringify({ error: 'method_not_allowed', error_description: 'This address answers GET only.' }),
  headers: { Allow: 'GET, HEAD' },
};

const failed: Reply = {
  status: 500,
  json: JSON.stringify({ error: 'server_error', error_description: 'The server met an unexpected condition.' }),
};

/** Makes an endpoint for GET and HEAD. It reads nothing of the request except the method. */
export const getEndpoint =
  (respond: (request: object) => Promise<Reply>): Endpoint =>
  (request, response) => {
    const reply =
      request.method === 'GET' || request.method === 'HEAD' ? respond(request) : Promise.resolve(notAllowed);
    reply
      .catch(() => failed)
      .then((sent) => send(response, sent))
      .catch(() => response.destroy());
  };
