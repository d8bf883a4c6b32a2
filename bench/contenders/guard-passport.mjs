// Passport with passport-http-bearer, as its README shows, and a record in Redis.
import express from 'express';
import passport from 'passport';
import { Strategy } from 'passport-http-bearer';
import { orders, PATH, serveGuarded } from '../rig/guarded-route.mjs';
import { connect, storeTokens } from '../rig/records.mjs';

const redis = connect();
const keyOf = (token) => `passport:${token}`;

passport.use(
  new Strategy((token, done) => {
    redis.get(keyOf(token)).then(
      (text) => {
        if (text === null) return done(null, false);
        const record = JSON.parse(text);
        return done(null, record, { scope: record.scope });
      },
      (/** @type {unknown} */ error) => done(error),
    );
  }),
);

const requireScope = (scope) => (request, response, next) => {
  if (request.authInfo.scope.includes(scope)) next();
  else response.status(403).set('WWW-Authenticate', `Bearer error="insufficient_scope", scope="${scope}"`).end();
};

const app = express();
app.get(PATH, passport.authenticate('bearer', { session: false }), requireScope('read'), orders);

await serveGuarded(app, () => storeTokens(redis, keyOf));
