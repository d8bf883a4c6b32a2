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

/** Serves a redirect URI that shows the heading Arrived. It is closed after the tests. */
export const aCallbackServer = async (): Promise<CallbackServer> => {
  const responses: Readonly<Record<string, unknown>>[] = [];
  const app = express();
  app.all('/callback', express.urlencoded({ extended: false }), (request, response) => {
    responses.push(request.method === 'POST' ? { ...(request.body as object) } : { ...request.query });
    response.type('html').send(PAGE);
  });
  const { url } = await serve(app);
  return { redirectUri: `${url}/callback`, responses };
};
