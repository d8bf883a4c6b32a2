import { challengeOf } from '../support/http/challenge';
import { aPublicApplication } from '../support/gate/public-application';
import { aGate, APPLICATION, JOHN, type Pair, type TestGate } from '../support/gate/gate';
import {
  expectAlive,
  expectDead,
  expectRevoked,
  OTHER,
  revoke,
  threeApplications,
} from '../support/tokens/grant-endpoints';
import { expectCleanAnswer } from '../support/expect/clean-answer';
import { expectRecovery } from '../support/redis/redis-outage';
import { atItsAddress, documentAt } from '../support/gate/own-address';
import { valuesOf } from '../support/http/raw-http';
import { ownRedis } from '../support/redis/redis';
import { aRedis } from '../support/redis/clients';
import { refreshed } from '../support/tokens/refreshing';
import { aServedGate, APPLICATION_HEADER, FORM_TYPE } from '../support/tokens/token-requests';
import { encodeForm } from '../support/tokens/forms';
import { aForgery } from '../support/tokens/tokens';

const [KEY, SECRET] = APPLICATION;
const KINDS = ['access_token', 'refresh_token'] as const;
const WRONG: Pair = [KEY, 'wrong'];
const TARGET = { target: '/revoke' } as const;

const expectRefused = (answer: Parameters<typeof expectCleanAnswer>[0], error: string, status = 400): void => {
  expectCleanAnswer(answer, { status, error });
};

describe('RFC 7009', () => {
  let gate: TestGate;
  beforeAll(() => {
    gate = aGate(threeApplications);
  });

  it('§2 both refresh tokens and access tokens can be revoked', async () => {
    for (const kind of KINDS) {
      const tokens = await gate.signIn();
      expectRevoked(await revoke(gate, tokens[kind]));
      await expectDead(gate, tokens);
    }
  });

  it('§2 a token is revoked by POST only', async () => {
    const own = await aServedGate();
    const tokens = await own.signIn();
    const form = { token: tokens.access_token };
    for (const method of ['GET', 'PUT', 'PATCH', 'DELETE']) {
      const answer = await own.post(form, { ...TARGET, method });
      expectRefused(answer, 'invalid_request', 405);
      expect(valuesOf(answer, 'allow')).toEqual(['POST']);
    }
    await expectAlive(own, tokens);
  });

  it('§2 a request without TLS is refused if the issuer is https', async () => {
    const own = await aServedGate({ issuer: 'https://api.example.com' }, { settings: { 'trust proxy': true } });
    const tokens = await own.signIn();
    const post = (...headers: readonly string[]) =>
      own.post({ token: tokens.access_token }, { ...TARGET, headers: [FORM_TYPE, APPLICATION_HEADER, ...headers] });
    expectRefused(await post('X-Forwarded-For: 203.0.113.9'), 'invalid_request');
    await expectAlive(own, tokens);
    expect(await post('X-Forwarded-For: 203.0.113.9', 'X-Forwarded-Proto: https')).toMatchObject({ status: 200 });
    await expectDead(own, tokens);
  });

  it('§2 a client can discover the endpoint in the metadata of the server', async () => {
    const own = await atItsAddress('/tenants/a');
    const metadata = await documentAt(`${own.origin}/.well-known/oauth-authorization-server/tenants/a`);
    const { accessToken } = await own.gate.tokens.issue({ clientId: KEY, subject: JOHN[0], scopes: ['read'] });
    await expect(own.gate.explain(accessToken, 'read')).resolves.toMatchObject({ token: { state: 'live' } });
    const answer = await fetch(String(metadata['revocation_endpoint']), {
      method: 'POST',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      body: encodeForm({ token: accessToken, client_id: KEY, client_secret: SECRET }),
    });
    expect([answer.status, await answer.text()]).toEqual([200, '']);
    await expect(own.gate.explain(accessToken, 'read')).resolves.toMatchObject({ token: { state: 'gone' } });
  });

  it('§2.1 token is required', async () => {
    for (const form of [{}, { token: '' }, { token_type_hint: 'access_token' }, { refresh_token: 'x' }]) {
      expectRefused(await gate.postTo('/revoke', form), 'invalid_request');
    }
  });

  it('§2.1 parameters are accepted only as a form in the body', async () => {
    const own = await aServedGate();
    const tokens = await own.signIn();
    const form = { token: tokens.access_token };
    expectRefused(await own.post('', { target: `/revoke?${encodeForm(form)}` }), 'invalid_request');
    const headers = ['Content-Type: application/json', APPLICATION_HEADER];
    expectRefused(await own.post(JSON.stringify(form), { ...TARGET, headers }), 'invalid_request', 415);
    await expectAlive(own, tokens);
  });

  it('§2.1 token_type_hint is optional and may be wrong: all token types are searched', async () => {
    for (const kind of KINDS) {
      for (const question of [{}, { hint: 'access_token' }, { hint: 'refresh_token' }]) {
        const tokens = await gate.signIn();
        expectRevoked(await revoke(gate, tokens[kind], question));
        await expectDead(gate, tokens);
      }
    }
  });

  it('§2.1 the client authenticates as at the token endpoint', async () => {
    for (const credentials of [APPLICATION, null]) {
      const tokens = await gate.signIn();
      const inBody = credentials === null ? { client_id: KEY, client_secret: SECRET } : {};
      expectRevoked(await gate.postTo('/revoke', { token: tokens.access_token, ...inBody }, credentials));
      await expectDead(gate, tokens);
    }
  });

  it('§2.1 a public client revokes a token that was issued to it, by its client_id', async () => {
    const { clientId } = await aPublicApplication(gate);
    const { accessToken } = await gate.gate.tokens.issue({ clientId, subject: JOHN[0], scopes: ['read'] });
    expectRevoked(await gate.postTo('/revoke', { token: accessToken, client_id: clientId }, null));
    await gate.get('/me', accessToken).expect(401);
  });

  it('§2.1 the client credentials are validated before the token is checked', async () => {
    const tokens = await gate.signIn();
    for (const credentials of [null, WRONG, ['nobody', SECRET]] as const) {
      for (const token of [tokens.access_token, tokens.refresh_token, aForgery(), 'x']) {
        expectRefused(await revoke(gate, token, { credentials }), 'invalid_client', 401);
      }
      expectRefused(await gate.postTo('/revoke', {}, credentials), 'invalid_client', 401);
    }
    await expectAlive(gate, tokens);
  });

  it('§2.1 revoking a token of another client is refused with an error', async () => {
    const tokens = await gate.signIn();
    for (const kind of KINDS) {
      expectRefused(await revoke(gate, tokens[kind], { credentials: OTHER }), 'unauthorized_client');
    }
    await expectAlive(gate, tokens);
  });

  it('§2.1 the token cannot be used again after the response', async () => {
    const [byAccess, byRefresh] = [await gate.signIn(), await gate.signIn()];
    await gate.get('/me', byAccess.access_token).expect(200);
    await revoke(gate, byAccess.access_token).expect(200);
    await gate.get('/me', byAccess.access_token).expect(401);
    await revoke(gate, byRefresh.refresh_token).expect(200);
    await gate.token({ grant_type: 'refresh_token', refresh_token: byRefresh.refresh_token }).expect(400);
  });

  it('§2.1 revoking a refresh token ends all access tokens of its grant, and no others', async () => {
    const [first, another] = [await gate.signIn(), await gate.signIn()];
    const second = await refreshed(gate, first);
    for (const tokens of [first, second]) await gate.get('/me', tokens.access_token).expect(200);
    expectRevoked(await revoke(gate, second.refresh_token));
    for (const tokens of [first, second]) await expectDead(gate, tokens);
    await expectAlive(gate, another);
  });

  it('§2.1 revoking an access token ends the refresh token of its grant, and no other', async () => {
    const [tokens, another] = [await gate.signIn(), await gate.signIn()];
    expectRevoked(await revoke(gate, tokens.access_token));
    await expectDead(gate, tokens);
    await expectAlive(gate, another);
  });

  it('§2.2 the response is 200 for a token that was revoked now or earlier, or was never issued', async () => {
    const { access_token: access, refresh_token: refresh } = await gate.signIn();
    for (const token of [access, access, refresh, aForgery(), 'x', `${access}=`, 'ä']) {
      expectRevoked(await revoke(gate, token));
    }
  });

  it('§2.2 the body of a 200 response is empty', async () => {
    for (const token of [(await gate.signIn()).access_token, 'x']) {
      const { status, text, headers } = await revoke(gate, token);
      expect([status, text, headers['content-length']]).toEqual([200, '', '0']);
    }
  });

  it('§2.2 an unknown hint has no effect', async () => {
    for (const hint of ['id_token', 'ACCESS_TOKEN', 'urn:example:token', '"', 'x'.repeat(1_000)]) {
      const tokens = await gate.signIn();
      expectRevoked(await revoke(gate, tokens.access_token, { hint }));
      await expectDead(gate, tokens);
      expectRevoked(await revoke(gate, 'x', { hint }));
    }
  });

  it('§2.2.1 error responses have the format of RFC 6749 §5.2', async () => {
    const { access_token: token } = await gate.signIn();
    const wrong = await revoke(gate, token, { credentials: WRONG });
    expectRefused(wrong, 'invalid_client', 401);
    expect(challengeOf(wrong)).toMatchObject({ scheme: 'Basic' });
    for (const answer of [wrong, await gate.postTo('/revoke', {}), await revoke(gate, token, { credentials: OTHER })]) {
      expect(Object.keys(answer.body as object)).toEqual(['error', 'error_description']);
    }
  });

  it('§2.2.1 unsupported_token_type is never returned: every issued token type can be revoked', async () => {
    const kinds = ['access_token', 'refresh_token'] as const;
    const { status, body } = await gate.token({ grant_type: 'password', username: JOHN[0], password: JOHN[1] });
    expect(status).toBe(200);
    expect(Object.keys(body as object).filter((name) => name.endsWith('_token'))).toEqual(kinds);
    const client = await gate.token({ grant_type: 'client_credentials' }).expect(200);
    const { access_token: token } = client.body as { access_token: string };
    expectRevoked(await revoke(gate, token));
    await gate.get('/me', token).expect(401);
  });

  it('§2.2.1 503 with Retry-After means that the token still exists, and a retry revokes it', async () => {
    const server = await ownRedis();
    const own = aGate({ redis: aRedis({}, server.url), deadline: 250 });
    const tokens = await own.signIn();
    server.pause();
    const answer = await revoke(own, tokens.refresh_token);
    expectRefused(answer, 'temporarily_unavailable', 503);
    expect(answer.headers['retry-after']).toMatch(/^[1-9][0-9]*$/);
    server.resume();
    await expectRecovery(() => revoke(own, tokens.refresh_token));
    await expectDead(own, tokens);
  });

  it('§2.3 JSONP is not supported: callback is an unknown parameter, and GET is refused', async () => {
    const own = await aServedGate();
    const { access_token: token } = await own.signIn();
    const byGet = await own.post('', { method: 'GET', target: `/revoke?token=${token}&callback=package.myCallback` });
    expectRefused(byGet, 'invalid_request', 405);
    expect(byGet.body).not.toContain('myCallback');
    await own.get('/me', token).expect(200);
    const byPost = await own.post({ token, callback: 'package.myCallback' }, TARGET);
    expect(byPost).toMatchObject({ status: 200, body: '' });
  });

  it('§2.3 CORS is left to the host', async () => {
    const { access_token: token } = await gate.signIn();
    const { headers } = await revoke(gate, token).set('Origin', 'https://app.example.com');
    expect(Object.keys(headers).filter((name) => name.startsWith('access-control-'))).toEqual([]);
  });

  it('§5 guesses of client credentials are limited together with those at the token endpoint', async () => {
    const own = aGate({ throttle: { clientAndAddress: { failures: 2 } } });
    const { access_token: token } = await own.signIn();
    expectRefused(await revoke(own, token, { credentials: WRONG }), 'invalid_client', 401);
    expectRefused(await own.token({ grant_type: 'client_credentials' }, WRONG), 'invalid_client', 401);
    expectRefused(await revoke(own, token, { credentials: WRONG }), 'invalid_request', 429);
    await own.get('/me', token).expect(200);
  });

  it('§5 guesses of tokens require client credentials, and a part of a token revokes nothing', async () => {
    const tokens = await gate.signIn();
    const { access_token: access } = tokens;
    const mistyped = access.slice(0, -1) + (access.endsWith('A') ? 'B' : 'A');
    for (const guess of [access.slice(0, 20), access.slice(0, -6), mistyped, access.slice(4)]) {
      expectRevoked(await revoke(gate, guess));
      expectRefused(await revoke(gate, guess, { credentials: null }), 'invalid_client', 401);
    }
    await expectAlive(gate, tokens);
  });
});
