import type { RequestHandler } from 'express';
import { send, type Reply } from './endpoint';

const notAllowed: Reply = {
  status: 405,
  json: JSON.stringify({ error: 'method_not_allowed', error_description: 'This address answers GET only.' }),
  headers: { Allow: 'GET, HEAD' },
};

/** An endpoint that is read: GET and HEAD, nothing of the request but the method is looked at. */
export const getEndpoint =
  (answer: () => Promise<Reply>): RequestHandler =>
  (request, response) => {
    const reply = request.method === 'GET' || request.method === 'HEAD' ? answer() : Promise.resolve(notAllowed);
    reply.then((sent) => send(response, sent)).catch(() => response.destroy());
  };
