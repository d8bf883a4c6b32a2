import express from 'express';
import { serve } from '../http/raw-http';

/** A client's own pages, on another origin than the gate. */
export interface CallbackServer {
  /** The redirect URI. */
  readonly redirectUri: string;
  /** The parameters of each response that has arrived, oldest first. */
  readonly responses: readonly Readonly<Record<string, unknown>>[];
}

const PAGE =
  '<!doctype html><html lang="en"><head><title>Callback</title><link rel="icon" href="data:,"></head><body><h1>Arrived</h1></body></html>';

/**
 * Serves a redirect URI that shows the heading Arrived. It is closed after the tests.
 * @param next address to which the browser is sent from there
 */
export const aCallbackServer = async (next?: string): Promise<CallbackServer> => {
  const responses: Readonly<Record<string, unknown>>[] = [];
  const app = express();
  app.all('/callback', express.urlencoded({ extended: false }), (request, response) => {
    responses.push(request.method === 'POST' ? { ...(request.body as object) } : { ...request.query });
    if (next === undefined) response.type('html').send(PAGE);
    else response.redirect(303, next);
  });
  const { url } = await serve(app);
  return { redirectUri: `${url}/callback`, responses };
};
