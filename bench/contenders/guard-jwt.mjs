// express-oauth2-jwt-bearer with RS256 and the issuer's key in memory: no store, and no way to revoke.
import { createSign, generateKeyPairSync, randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import express from 'express';
import jwtBearer from 'express-oauth2-jwt-bearer';
import { orders, PATH, serveGuarded } from '../rig/guarded-route.mjs';

const ISSUER = 'https://issuer.example.com/';
const AUDIENCE = 'https://orders.example.com';

const { auth, requiredScopes } = jwtBearer;
const makeKeys = promisify((done) => done(null, generateKeyPairSync('rsa', { modulusLength: 2048 })));
const [ours, others] = [await makeKeys(), await makeKeys()];

const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
const sign = (scope, { privateKey }) => {
  const now = Math.floor(Date.now() / 1000);
  const client = { sub: 'ana', client_id: 'key', jti: randomUUID() };
  const claims = { iss: ISSUER, aud: AUDIENCE, iat: now, exp: now + 3600, ...client, scope };
  const signed = `${part({ alg: 'RS256', typ: 'at+jwt' })}.${part(claims)}`;
  return `${signed}.${createSign('sha256').update(signed).sign(privateKey, 'base64url')}`;
};

const app = express();
app.use(
  auth({
    issuer: ISSUER,
    audience: AUDIENCE,
    publicKey: { ...ours.publicKey.export({ format: 'jwk' }), alg: 'RS256' },
    tokenSigningAlg: 'RS256',
    dpop: { enabled: false },
  }),
);
app.get(PATH, requiredScopes('read'), orders);
app.use((error, _request, response, _next) => {
  response.status(error.status).set(error.headers).json({ error: error.code });
});

await serveGuarded(app, () => ({
  good: Array.from({ length: 50 }, () => sign('read list', ours)),
  narrow: sign('update', ours),
  dead: sign('read list', others),
}));
