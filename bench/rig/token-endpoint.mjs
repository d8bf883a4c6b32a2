// How every token endpoint is served, and its requests.
import express from 'express';
import { listen, serve } from './contender.mjs';
import { checkTokenEndpoint, tokenRequest } from './self-check.mjs';

export const PATH = '/token';
export const LIFETIME = 3600;

/** The client of contenders that hold clients in memory. It may have the scope `read`. */
export const CLIENT = { id: 'key', secret: 'secret' };

const load = (client) => ({ requests: [{ method: 'POST', path: PATH, ...tokenRequest(client) }] });

/** A bare form POST whose response is as long as a token response: the cost of an Express endpoint by itself. */
const form = () => {
  const answer = { access_token: 'a'.repeat(70), token_type: 'Bearer', expires_in: LIFETIME };
  return express().post(PATH, express.urlencoded({ extended: false }), (request, response) => {
    response.set('Cache-Control', 'no-store').json({ ...answer, scope: request.body.scope });
  });
};

/**
 * Serves an app with a token endpoint, and in the same process a bare form that gets the same requests. `client()`
 * resolves with the requesting client, `isStored(token)` checks whether Redis has the token.
 */
export const serveTokens = (app, { isStored, client = async () => CLIENT }) =>
  serve(app, {
    prepare: async (url) => {
      const known = await client();
      await checkTokenEndpoint(url + PATH, known, { isStored, lifetime: LIFETIME });
      return { loads: { form: { ...load(known), port: await listen(form()) }, token: load(known) } };
    },
  });
