// @node-oauth/oauth2-server with a model over Redis.
import OAuth2Server from '@node-oauth/oauth2-server';
import express from 'express';
import { orders, PATH, serveGuarded } from '../rig/guarded-route.mjs';
import { connect, storeTokens } from '../rig/records.mjs';

const redis = connect();
const keyOf = (token) => `oauth2:${token}`;

const model = {
  getAccessToken: async (accessToken) => {
    const text = await redis.get(keyOf(accessToken));
    if (text === null) return false;
    const { client, subject, scope, expiresAt } = JSON.parse(text);
    const accessTokenExpiresAt = new Date(expiresAt * 1000);
    return { accessToken, accessTokenExpiresAt, scope, client: { id: client }, user: { id: subject } };
  },
  verifyScope: async (token, scope) => scope.every((name) => token.scope.includes(name)),
};
const server = new OAuth2Server({ model });

const requireScope = (scope) => async (request, response, next) => {
  const { headers, method, query, body } = request;
  const answer = new OAuth2Server.Response();
  try {
    response.locals.oauth = await server.authenticate(
      new OAuth2Server.Request({ headers, method, query, body }),
      answer,
      {
        scope: [scope],
      },
    );
    response.set(answer.headers);
  } catch (error) {
    // The library reports a header that is not a bearer token as a bad request, which is a refusal too.
    response.set(answer.headers).status(error.code).json({ error: error.name, error_description: error.message });
    return;
  }
  next();
};

const app = express();
app.get(PATH, requireScope('read'), orders);

await serveGuarded(app, () => storeTokens(redis, keyOf));
