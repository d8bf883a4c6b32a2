// What all contenders of the part `gateway` proxy, and their requests.
import { randomBytes } from 'node:crypto';
import { loadOf } from './guarded-route.mjs';
import { checkGuard, checkOpen } from './self-check.mjs';

/** The path at the gateway; the upstream receives it without the prefix. */
export const CONTEXT = '/orders';
const PATH = `${CONTEXT}/17`;

/** The upstream of all contenders. */
export const upstream = new URL(process.env.BENCH_UPSTREAM);

const CONNECTIONS = 50;

/** Checks a gateway that checks no tokens, and returns its load: requests with tokens as well. */
export const prepareOpen = async (url) => {
  const tokens = Array.from({ length: CONNECTIONS }, () => randomBytes(32).toString('base64url'));
  const proxied = loadOf(PATH, tokens);
  await checkOpen(url + PATH, proxied.body);
  return { loads: { proxied } };
};

/**
 * Returns the `prepare` of a gateway with a guard. `issue(scope)` resolves with a new token of that scope; the guard
 * needs `read`. `end(token)` revokes one. `statusOfNarrow` is the response to a token without the scope.
 */
export const prepareGuarded = (issue, end, statusOfNarrow) => async (url) => {
  const good = [];
  while (good.length < CONNECTIONS) good.push(await issue('read'));
  const dead = await issue('read');
  await end(dead);
  const proxied = loadOf(PATH, good);
  await checkGuard(url + PATH, proxied.body, { good, narrow: await issue('update'), dead, statusOfNarrow });
  return { loads: { proxied } };
};
