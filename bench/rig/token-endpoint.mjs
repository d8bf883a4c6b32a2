// How every token endpoint is served and asked.
import express from 'express';
import { listen, serve } from './contender.mjs';
import { checkTokenEndpoint, tokenRequest } from './self-check.mjs';

export const PATH = '/token';
export const LIFETIME = 3600;

/** The client of those who hold theirs in memory. It may have the scope `read`. */
export const CLIENT = { id: 'key', secret: 'secret' };

const load = (client) => ({ requests: [{ method: 'POST', path: PATH, ...tokenRequest(client) }] });

/** A bare form POST that answers as many bytes as a token takes: what an Express endpoint costs by itself. */
const form = () => {
  const answer = { access_token: 'a'.repeat(70), token_type: 'Bearer', expires_in: LIFETIME };
  return express().post(PATH, express.urlencoded({ extended: false }), (request, response) => {
    response.set('Cache-Control', 'no-store').json({ ...answer, scope: request.body.scope });
  });
};

/**
 * Serves an app with a token endpoint, and in the same process a bare form that is asked the same. `client()` gives the client
 * that asks, `isStored(token)` whether Redis has it.
 */
export const serveTokens = (app, { isStored, client = async () => CLIENT }) =>
  serve(app, {
    prepare: async (url) => {
      const known = await client();
      await checkTokenEndpoint(url + PATH, known, { isStored, lifetime: LIFETIME });
      return { loads: { form: { ...load(known), port: await listen(form()) }, token: load(known) } };
    },
  });
