// A hand-written guard: a header, one GET, a scope. It caches nothing in memory, so deleting a record revokes the
// token.
import express from 'express';
import { orders, PATH, serveGuarded } from '../rig/guarded-route.mjs';
import { connect, storeTokens } from '../rig/records.mjs';

const redis = connect();
const keyOf = (token) => `hand:${token}`;

const requireScope = (scope) => (request, response, next) => {
  const { authorization } = request.headers;
  if (!authorization?.startsWith('Bearer ')) {
    response.status(401).end();
    return;
  }
  redis.get(keyOf(authorization.slice(7))).then(
    (text) => {
      if (text === null) {
        response.status(401).end();
        return;
      }
      const record = JSON.parse(text);
      if (!record.scope.includes(scope)) {
        response.status(403).end();
        return;
      }
      request.token = record;
      next();
    },
    () => response.status(503).end(),
  );
};

const app = express();
app.get(PATH, requireScope('read'), orders);

await serveGuarded(app, () => storeTokens(redis, keyOf));
