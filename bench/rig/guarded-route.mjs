// The route that stands behind every guard, and how it is served and asked.
import express from 'express';
import { listen, serve } from './contender.mjs';
import { checkGuard } from './self-check.mjs';

export const PATH = '/orders';
const BODY = '{"ok":true}';

/** The resource. The same for all, so that they differ in the guard alone. */
export const orders = (_request, response) => response.json({ ok: true });

/** What the load asks: the same bytes with every guard and with none. */
export const loadOf = (path, tokens) => ({
  body: BODY,
  requests: tokens.map((token) => ({ path, headers: { authorization: `Bearer ${token}` } })),
});

/**
 * Serves an app with a guard for the scope `read`, and in the same process one without any, that is asked the same.
 * `tokens()` gives { good, narrow, dead }: the tokens of the load, one with another scope, and one in good shape that is not
 * live. `more(made)` gives further loads by their names.
 */
export const serveGuarded = (app, tokens, more = async () => ({})) =>
  serve(app, {
    prepare: async (url) => {
      const made = await tokens();
      await checkGuard(url + PATH, BODY, made);
      const guarded = loadOf(PATH, made.good);
      const bare = { ...guarded, port: await listen(express().get(PATH, orders)) };
      return { loads: { bare, guarded, ...(await more(made)) } };
    },
  });
