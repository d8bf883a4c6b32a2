// oidc-provider with only what client credentials need, and a Redis adapter that writes a token in one command.
import { generateKeyPairSync } from 'node:crypto';
import { Provider } from 'oidc-provider';
import { connect, isKept, randomToken } from './records.mjs';
import { CLIENT, LIFETIME, PATH } from './token-endpoint.mjs';

const redis = connect();
const keyOf = (name, id) => `oidc:${name}:${id}`;

class RedisAdapter {
  constructor(name) {
    this.name = name;
  }

  async upsert(id, payload, expiresIn) {
    await redis.set(keyOf(this.name, id), JSON.stringify(payload), 'EX', expiresIn);
  }

  async find(id) {
    const text = await redis.get(keyOf(this.name, id));
    return text === null ? undefined : JSON.parse(text);
  }

  async destroy(id) {
    await redis.del(keyOf(this.name, id));
  }
}

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
export const provider = new Provider('http://127.0.0.1', {
  adapter: RedisAdapter,
  clients: [
    {
      client_id: CLIENT.id,
      client_secret: CLIENT.secret,
      grant_types: ['client_credentials'],
      redirect_uris: [],
      response_types: [],
      scope: 'read',
    },
  ],
  cookies: { keys: [randomToken()] },
  features: {
    clientCredentials: { enabled: true },
    devInteractions: { enabled: false },
    resourceIndicators: { enabled: false },
  },
  jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), alg: 'RS256', use: 'sig' }] },
  routes: { token: PATH },
  scopes: ['read', 'update'],
  ttl: { ClientCredentials: LIFETIME },
});

/** Checks whether Redis has this token, with an expiry. */
export const isStored = (token) => isKept(redis, keyOf('ClientCredentials', token));
