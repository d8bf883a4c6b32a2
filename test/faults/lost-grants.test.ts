import type { Redis } from 'ioredis';
import { mintAccessToken, mintGrantId, mintProofKey, mintRefreshToken } from '../../src/protocol/secrets';
import { aCachedGate, acceptedFor, tokenStatus, warm, type CachedGate } from '../support/gate/cached-gate';
import { APPLICATION, JOHN, type Pair, type TokenBody } from '../support/gate/gate';
import { OTHER, threeApplications } from '../support/tokens/grant-endpoints';
import { ownRedis, randomPrefix, type OwnRedis } from '../support/redis/redis';
import { aRedis } from '../support/redis/clients';
import { commandsDuring } from '../support/redis/commands';
import { grantIdOf, aForgery } from '../support/tokens/tokens';

/** Far less than `maxAge`, which is what an unpublished revocation would cost; far more than a publication takes. */
const PUBLISHED_WITHIN_MS = 1_500;

let own: OwnRedis;
let redis: Redis;
beforeAll(async () => {
  own = await ownRedis({ over: 'port' });
  redis = aRedis({}, own.url);
});

/** Two gates that both serve a token from memory, and the prefix of its keys. */
const aHotToken = async () => {
  const prefix = randomPrefix();
  const options = { prefix, cache: { maxAge: 60 }, ...threeApplications };
  const [here, there] = [aCachedGate(own.url, options), aCachedGate(own.url, options)];
  const tokens = await here.signIn();
  await warm(here, tokens.access_token);
  await warm(there, tokens.access_token);
  return { prefix, here, there, tokens };
};

const losses: readonly (readonly [string, (prefix: string, tokens: TokenBody) => Promise<unknown>])[] = [
  ['S-312 FLUSHALL', () => redis.flushall()],
  [
    'S-311 the eviction of its keys',
    (prefix, { access_token: token }) =>
      redis.del(`${prefix}{${grantIdOf(token)}}:a`, `${prefix}{${grantIdOf(token)}}:r`),
  ],
  [
    'S-313 foreign values under its keys',
    (prefix, { access_token: token }) =>
      redis.mset(`${prefix}{${grantIdOf(token)}}:a`, 'x', `${prefix}{${grantIdOf(token)}}:r`, 'x'),
  ],
];

const revocations: readonly (readonly [string, (gate: CachedGate, tokens: TokenBody) => PromiseLike<unknown>])[] = [
  [
    '/revoke with the access token',
    (gate, tokens) => gate.postTo('/revoke', { token: tokens.access_token }).expect(200),
  ],
  [
    '/revoke with the refresh token',
    (gate, tokens) => gate.postTo('/revoke', { token: tokens.refresh_token }).expect(200),
  ],
  [
    'tokens.revoke({ token }), the access token',
    ({ gate }, tokens) => gate.tokens.revoke({ token: tokens.access_token }),
  ],
  [
    'tokens.revoke({ token }), the refresh token',
    ({ gate }, tokens) => gate.tokens.revoke({ token: tokens.refresh_token }),
  ],
  ['tokens.revoke({ grantId })', ({ gate }, tokens) => gate.tokens.revoke({ grantId: grantIdOf(tokens.access_token) })],
];

describe.each(losses)('after %s', (_loss, lose) => {
  it.each(revocations)('%s is published, so that no gate serves the token from its cache', async (_how, revoke) => {
    const { prefix, here, there, tokens } = await aHotToken();
    await lose(prefix, tokens);
    await revoke(here, tokens);
    const acknowledged = performance.now();
    expect(await tokenStatus(here, tokens.access_token)).not.toBe(200);
    expect(await acceptedFor(there, tokens.access_token, acknowledged)).toBeLessThan(PUBLISHED_WITHIN_MS);
  });
});

it.each([
  ['a user', { user: JOHN[0] }],
  ['a client', { clientId: APPLICATION[0] }],
])('S-311 the end of all grants of %s is published for a grant whose keys were evicted', async (_whose, owner) => {
  const { prefix, here, there, tokens } = await aHotToken();
  const grant = `${prefix}{${grantIdOf(tokens.access_token)}}`;
  await redis.del(`${grant}:a`, `${grant}:r`);
  await here.gate.tokens.revoke(owner);
  expect(await acceptedFor(there, tokens.access_token)).toBeLessThan(PUBLISHED_WITHIN_MS);
});

describe('a publication without a stored grant', () => {
  const revoke = ({ postTo }: CachedGate, token: string, credentials?: Pair) =>
    postTo('/revoke', { token }, ...(credentials === undefined ? [] : [credentials]));

  it('happens once for a well-formed token that was looked up, and never for a text that is not a token', async () => {
    const { here } = await aHotToken();
    /** The number of scripts that were run: one reads the token, another publishes its grant. */
    const scripts = async (token: string): Promise<number> => {
      const { evalsha = 0, eval: evaluated = 0 } = await commandsDuring(redis, () => revoke(here, token).expect(200));
      return evalsha + evaluated;
    };
    const unknown = [aForgery(), mintRefreshToken(mintGrantId(), mintProofKey()).text];
    await scripts(unknown[0] ?? ''); // Redis has loaded the script now
    for (const token of unknown) expect(await scripts(token)).toBe(2);
    for (const token of ['x', mintGrantId(), `sga_${mintGrantId()}`]) expect(await scripts(token)).toBe(0);
  });

  it('S-213 for a token forged with a live grant id costs one look-up and ends nothing', async () => {
    const { here, there, tokens } = await aHotToken();
    const forged = mintAccessToken(grantIdOf(tokens.access_token)).text;
    await revoke(here, forged, OTHER).expect(200);
    for (const gate of [here, there]) expect(await tokenStatus(gate, tokens.access_token)).toBe(200);
  });

  it('S-215 does not happen for the live token of another client, whose revocation is refused with 400', async () => {
    const { here, there, tokens } = await aHotToken();
    const { hit } = await there.counts();
    const answer = await revoke(here, tokens.access_token, OTHER);
    expect([answer.status, answer.body.error]).toEqual([400, 'unauthorized_client']);
    expect(await tokenStatus(there, tokens.access_token)).toBe(200);
    expect((await there.counts()).hit).toBe(hit + 1);
  });

  it('S-331 that Redis denies is a failure, and the revocation is not acknowledged', async () => {
    const admin = await own.client();
    const prefix = randomPrefix();
    await admin.call('ACL', 'SETUSER', 'unheard', 'on', '>pw', '~*', '+@all', '&*');
    const gate = aCachedGate(own.url, { prefix, redis: aRedis({ username: 'unheard', password: 'pw' }, own.url) });
    await gate.gate.ready();
    await admin.call('ACL', 'SETUSER', 'unheard', 'resetchannels');
    const token = aForgery();
    await revoke(gate, token).expect(503);
    await expect(gate.gate.tokens.revoke({ token })).rejects.toMatchObject({ code: 'ERR_SCOPEGATE_STORE_UNAVAILABLE' });
  });
});
