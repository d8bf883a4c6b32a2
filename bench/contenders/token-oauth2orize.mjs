// oauth2orize and passport-http, set up as their READMEs show, with a record in Redis.
import express from 'express';
import oauth2orize from 'oauth2orize';
import passport from 'passport';
import passportHttp from 'passport-http';
import { connect, isKept, randomToken } from '../rig/records.mjs';
import { CLIENT, LIFETIME, PATH, serveTokens } from '../rig/token-endpoint.mjs';

const redis = connect();
const keyOf = (token) => `orize:${token}`;
const clients = new Map([[CLIENT.id, { ...CLIENT, scope: ['read'] }]]);

passport.use(
  new passportHttp.BasicStrategy((id, secret, done) => {
    const client = clients.get(id);
    done(null, client !== undefined && client.secret === secret ? client : false);
  }),
);

const server = oauth2orize.createServer();
server.exchange(
  oauth2orize.exchange.clientCredentials((client, scope, done) => {
    if (!scope.every((name) => client.scope.includes(name))) {
      done(new oauth2orize.TokenError('Not a scope of this client', 'invalid_scope'));
      return;
    }
    const token = randomToken();
    const expiresAt = Math.floor(Date.now() / 1000) + LIFETIME;
    redis.set(keyOf(token), JSON.stringify({ client: client.id, scope, expiresAt }), 'EX', LIFETIME).then(
      () => done(null, token, { expires_in: LIFETIME, scope: scope.join(' ') }),
      (/** @type {unknown} */ error) => done(error),
    );
  }),
);

const app = express();
app.post(
  PATH,
  express.urlencoded({ extended: false }),
  passport.authenticate('basic', { session: false }),
  server.token(),
  server.errorHandler(),
);

await serveTokens(app, { isStored: (token) => isKept(redis, keyOf(token)) });
