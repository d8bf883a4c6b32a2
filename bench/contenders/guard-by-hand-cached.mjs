// guard-by-hand.mjs with a Map as a cache: the minimum cost of a guard. A revoked token is accepted until its entry
// expires.
import express from 'express';
import { orders, PATH, serveGuarded } from '../rig/guarded-route.mjs';
import { connect, storeTokens } from '../rig/records.mjs';

const MAX_AGE_MS = 5_000;

const redis = connect();
const keyOf = (token) => `map:${token}`;
const seen = new Map();

const find = async (token) => {
  const text = await redis.get(keyOf(token));
  if (text === null) return undefined;
  const record = JSON.parse(text);
  seen.set(token, { record, until: Date.now() + MAX_AGE_MS });
  return record;
};

const requireScope = (scope) => {
  const settle = (record, request, response, next) => {
    if (record === undefined) {
      response.status(401).end();
      return;
    }
    if (!record.scope.includes(scope)) {
      response.status(403).end();
      return;
    }
    request.token = record;
    next();
  };
  return (request, response, next) => {
    const { authorization } = request.headers;
    if (!authorization?.startsWith('Bearer ')) {
      response.status(401).end();
      return;
    }
    const token = authorization.slice(7);
    const known = seen.get(token);
    if (known !== undefined && known.until > Date.now()) {
      settle(known.record, request, response, next);
      return;
    }
    find(token).then(
      (record) => settle(record, request, response, next),
      () => response.status(503).end(),
    );
  };
};

const app = express();
app.get(PATH, requireScope('read'), orders);

await serveGuarded(app, () => storeTokens(redis, keyOf));
