// The route behind every guard, how it is served, and its requests.
import express from 'express';
import { listen, serve } from './contender.mjs';
import { checkGuard } from './self-check.mjs';

export const PATH = '/orders';
const BODY = '{"ok":true}';

/** The resource. It is the same for all contenders, so that they differ only in the guard. */
export const orders = (_request, response) => response.json({ ok: true });

/** Returns the load: requests of the same bytes with every guard and without one. */
export const loadOf = (path, tokens) => ({
  body: BODY,
  requests: tokens.map((token) => ({ path, headers: { authorization: `Bearer ${token}` } })),
});

/**
 * Serves an app with a guard for the scope `read`, and in the same process an unguarded one that gets the same
 * requests. `tokens()` resolves with { good, narrow, dead }: the tokens of the load, one with another scope, and a
 * well-formed one that is not live. `more(made)` resolves with further loads by name.
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
