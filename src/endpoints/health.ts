import type { RequestHandler } from 'express';
import { StoreUnavailableError } from '../protocol/errors';
import { send, type Reply } from './endpoint';

/** A store that readiness asks about. */
export interface CheckedStore {
  readonly name: 'redis' | 'memory';
  ping(): Promise<void>;
}

const notAllowed: Reply = {
  status: 405,
  json: JSON.stringify({ error: 'method_not_allowed', error_description: 'This address answers GET only.' }),
  headers: { Allow: 'GET, HEAD' },
};

const getEndpoint =
  (answer: () => Promise<Reply>): RequestHandler =>
  (request, response) => {
    const reply = request.method === 'GET' || request.method === 'HEAD' ? answer() : Promise.resolve(notAllowed);
    reply.then((sent) => send(response, sent)).catch(() => response.destroy());
  };

/** 200 as long as the process answers. */
export const liveEndpoint = (): RequestHandler =>
  getEndpoint(async () => ({ status: 200, json: JSON.stringify({ status: 'ok' }) }));

/** 200 when tokens can be issued and checked, else 503 and which store is away. */
export const readyEndpoint = (store: CheckedStore): RequestHandler =>
  getEndpoint(async () => {
    try {
      await store.ping();
      return { status: 200, json: JSON.stringify({ status: 'ok', stores: { [store.name]: 'ok' } }) };
    } catch (error) {
      if (!(error instanceof StoreUnavailableError)) throw error;
      const json = JSON.stringify({ status: 'unavailable', stores: { [store.name]: 'away' } });
      return { status: 503, json, headers: { 'Retry-After': '1' } };
    }
  });
