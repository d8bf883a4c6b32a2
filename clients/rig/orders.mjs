import assert from 'node:assert/strict';

const CHANGE = {
  method: 'PUT',
  headers: { 'Content-Type': 'application/json' },
  body: JSON.stringify({ status: 'shipped' }),
};

/**
 * Expects that the API of orders accepts a token for `read`: reading is allowed, changing is not.
 *
 * @param call sends a request with the token: `(url, { method, headers, body }) => Response`
 */
export const expectReadOnly = async (issuer, call) => {
  const read = await call(new URL(`${issuer}/orders`), { method: 'GET', headers: {} });
  assert.equal(read.status, 200);
  const { orders } = await read.json();
  assert.ok(orders.length > 0);
  const refused = await call(new URL(`${issuer}/orders/1`), CHANGE);
  assert.equal(refused.status, 403);
  assert.match(refused.headers.get('www-authenticate'), /error="insufficient_scope".*scope="update"/);
};

/** Sends a request with a token as the Bearer token. */
export const withToken =
  (token) =>
  (url, { headers, ...request } = {}) =>
    fetch(url, { ...request, headers: { ...headers, Authorization: `Bearer ${token}` } });

/** Returns the response that a library throws an error for, because it has a challenge. */
export const evenIfRefused = async (sent) => {
  try {
    return await sent;
  } catch (error) {
    if (error.response instanceof Response) return error.response;
    throw error;
  }
};
