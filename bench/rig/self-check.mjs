// Verifies every contender before its load: one that does not refuse what it should is not measured.

const statusOf = async (url, authorization) => {
  const response = await fetch(url, { headers: authorization === undefined ? {} : { authorization } });
  return { status: response.status, text: await response.text() };
};

const insist = (holds, sentence) => {
  if (!holds) throw new Error(`It cannot be measured: ${sentence}`);
};

/**
 * Checks that a guarded route accepts live tokens with the scope and nothing else. `statusOfNarrow` is the response to a
 * token without the scope.
 */
export const checkGuard = async (url, body, { good, narrow, dead, statusOfNarrow = 403 }) => {
  for (const token of good.slice(0, 3)) {
    const { status, text } = await statusOf(url, `Bearer ${token}`);
    insist(status === 200 && text === body, `a good token was answered ${status} ${text}`);
  }
  const none = await statusOf(url);
  insist(none.status === 401, `no token was answered ${none.status}`);
  for (const wrong of [dead, `${good[0]}x`, 'nonsense']) {
    const { status } = await statusOf(url, `Bearer ${wrong}`);
    insist(status === 401, `a token that is not live was answered ${status}`);
  }
  const { status } = await statusOf(url, `Bearer ${narrow}`);
  insist(status === statusOfNarrow, `a token of too little scope was answered ${status}`);
};

/** Checks that a route without a guard serves the body. */
export const checkOpen = async (url, body) => {
  const { status, text } = await statusOf(url);
  insist(status === 200 && text === body, `it was answered ${status} ${text}`);
};

const post = async (url, { headers, body }) => {
  const response = await fetch(url, { method: 'POST', headers, body });
  return { status: response.status, answer: await response.json().catch(() => ({})) };
};

const basic = (id, secret) => `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;

/** Returns a client credentials request. */
export const tokenRequest = ({ id, secret, scope = 'read' }) => ({
  headers: { authorization: basic(id, secret), 'content-type': 'application/x-www-form-urlencoded' },
  body: `grant_type=client_credentials&scope=${scope}`,
});

/**
 * Checks that a token endpoint issues the right client a new token each time, with a lifetime of `lifetime` seconds,
 * that `isStored` finds it, that a wrong secret and a wrong client get none, and that no client gets a scope beyond its
 * own.
 */
export const checkTokenEndpoint = async (url, client, { isStored, lifetime }) => {
  const first = await post(url, tokenRequest(client));
  const second = await post(url, tokenRequest(client));
  for (const { status, answer } of [first, second]) {
    insist(status === 200, `the right client was answered ${status} ${JSON.stringify(answer)}`);
    insist(answer.scope === 'read' && answer.token_type === 'Bearer', `it gave ${JSON.stringify(answer)}`);
    insist(Math.abs(answer.expires_in - lifetime) <= 1, `a token lives ${answer.expires_in} seconds`);
    insist(await isStored(answer.access_token), 'a token that it gave is not in Redis, with its end');
  }
  insist(first.answer.access_token !== second.answer.access_token, 'it gave the same token twice');
  for (const wrong of [
    { ...client, secret: 'wrong' },
    { ...client, id: 'unknown' },
  ]) {
    const { status, answer } = await post(url, tokenRequest(wrong));
    insist(status >= 400 && answer.access_token === undefined, `a wrong client was answered ${status}`);
  }
  const { answer } = await post(url, tokenRequest({ ...client, scope: 'update' }));
  const granted = answer.access_token !== undefined && String(answer.scope).split(' ').includes('update');
  insist(!granted, 'a scope that the client may not have was granted');
};
