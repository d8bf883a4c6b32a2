// @node-oauth/oauth2-server with a model that stores tokens in Redis.
import OAuth2Server from '@node-oauth/oauth2-server';
import express from 'express';
import { connect, isKept } from '../rig/records.mjs';
import { CLIENT, LIFETIME, PATH, serveTokens } from '../rig/token-endpoint.mjs';

const redis = connect();
const keyOf = (token) => `oauth2:${token}`;
const clients = new Map([[CLIENT.id, { ...CLIENT, grants: ['client_credentials'], scope: ['read'] }]]);

const model = {
  getClient: async (id, secret) => {
    const client = clients.get(id);
    return client !== undefined && client.secret === secret && client;
  },
  getUserFromClient: async (client) => ({ id: client.id }),
  validateScope: async (_user, client, scope = []) => scope.every((name) => client.scope.includes(name)) && scope,
  saveToken: async ({ accessToken, accessTokenExpiresAt, scope }, client, user) => {
    const record = { client: client.id, scope, expiresAt: Math.floor(accessTokenExpiresAt.getTime() / 1000) };
    await redis.set(keyOf(accessToken), JSON.stringify(record), 'EX', LIFETIME);
    return { accessToken, accessTokenExpiresAt, scope, client, user };
  },
};
const server = new OAuth2Server({ model, accessTokenLifetime: LIFETIME });

const answerToken = async ({ headers, method, query, body }, response) => {
  const answer = new OAuth2Server.Response();
  try {
    await server.token(new OAuth2Server.Request({ headers, method, query, body }), answer);
    response.set(answer.headers).status(answer.status).json(answer.body);
  } catch (error) {
    response.set(answer.headers).status(error.code).json({ error: error.name, error_description: error.message });
  }
};

const app = express();
app.post(PATH, express.urlencoded({ extended: false }), answerToken);

await serveTokens(app, { isStored: (token) => isKept(redis, keyOf(token)) });
