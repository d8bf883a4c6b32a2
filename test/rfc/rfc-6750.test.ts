import express from 'express';
import { scopegate } from 'scopegate';
import { challengeOf } from '../support/http/challenge';
import { aClock } from '../support/time/clock';
import { aGate, JOHN, recordedLogger, type TestGate, gateOptions } from '../support/gate/gate';
import { expectCleanAnswer, type TestResponse } from '../support/expect/clean-answer';
import { rawRequest, sendRaw, serve, type RawResponse } from '../support/http/raw-http';
import { refreshed } from '../support/tokens/refreshing';
import {
  APPLICATION_HEADER,
  aServedGate,
  basicHeader,
  FORM_TYPE,
  PASSWORD_FORM,
} from '../support/tokens/token-requests';
import { aForgery } from '../support/tokens/tokens';

/** Expects this status, and this error code in both the challenge and the body. */
const expectRefused = (answer: RawResponse | TestResponse, status: number, error?: string): void => {
  const json = expectCleanAnswer(answer, { status, from: 'guard' });
  const { scheme, parameters } = challengeOf(answer);
  expect([scheme, parameters['error'], json['error']]).toEqual(['Bearer', error, error]);
};

describe('RFC 6750', () => {
  let gate: TestGate;
  let port: number;
  let token: string;
  beforeAll(async () => {
    gate = aGate();
    ({ port } = await serve(gate.app));
    ({ access_token: token } = await gate.signIn(JOHN, 'read'));
  });

  let servedBefore = 0;
  beforeEach(() => {
    servedBefore = gate.served();
  });
  const served = (): number => gate.served() - servedBefore;

  /** Sends a GET with exactly these header lines. */
  const get = (target: string, ...lines: readonly string[]) =>
    sendRaw(port, rawRequest([`GET ${target} HTTP/1.1`, 'Host: gateway', ...lines]));

  /** Returns one refusal of each kind. */
  const refusals = async (): Promise<readonly RawResponse[]> => [
    await get('/me'),
    await get('/me', 'Authorization: Bearer'),
    await get('/me', 'Authorization: Bearer x'),
    await get('/admin', `Authorization: Bearer ${token}`),
  ];

  it('§2 a request that sends a token by two methods is refused', async () => {
    const header = `Authorization: Bearer ${token}`;
    for (const query of [`access_token=${token}`, 'access_token=x', 'a=b&access%5Ftoken=']) {
      expectRefused(await get(`/me?${query}`, header), 400, 'invalid_request');
    }
    expect(served()).toBe(0);
  });

  it('§2.1 a token in the Authorization header is accepted', async () => {
    expect(await get('/orders', `Authorization: Bearer ${token}`)).toMatchObject({ status: 200 });
    expect(served()).toBe(1);
  });

  it('§2.1 the scheme is Bearer in any case, followed by one or more spaces', async () => {
    for (const credentials of [`bearer ${token}`, `BEARER ${token}`, `Bearer   ${token}`]) {
      expect(await get('/me', `Authorization: ${credentials}`)).toMatchObject({ status: 200 });
    }
    expectRefused(await get('/me', `Authorization: Bearer${token}`), 401);
    expectRefused(await get('/me', `Authorization: Bearer\t${token}`), 400, 'invalid_request');
  });

  it('§2.1 a token consists only of the characters of a b64token', async () => {
    const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~+/';
    for (const text of [...letters, `${letters}=`, `${letters}==`]) {
      expectRefused(await get('/me', `Authorization: Bearer ${text}`), 401, 'invalid_token');
    }
    for (const other of ['=', `=${token}`, `"${token}"`, `${token},x`, `${token} x`, `${token}%41`, `${token}\xe9`]) {
      expectRefused(await get('/me', `Authorization: Bearer ${other}`), 400, 'invalid_request');
    }
  });

  it('§2.2 a token in a form body is not read, and the body is left to the route', async () => {
    const app = express();
    app.post('/guarded', gate.gate.requireToken(), express.urlencoded({ extended: false }), (incoming, response) => {
      response.json({ got: incoming.body as unknown });
    });
    const { port: own } = await serve(app);
    const post = (text: string, ...lines: readonly string[]) =>
      sendRaw(
        own,
        rawRequest(['POST /guarded HTTP/1.1', 'Host: gateway', FORM_TYPE, ...lines], `access_token=${text}`),
      );
    expectRefused(await post(token), 401);
    const { status, body } = await post('x', `Authorization: Bearer ${token}`);
    expect([status, JSON.parse(body)]).toEqual([200, { got: { access_token: 'x' } }]);
  });

  it('§2.3 a token in the request URI is not accepted', async () => {
    for (const target of [`/me?access_token=${token}`, `/orders?a=b&access_token=${token}`]) {
      expectRefused(await get(target), 401);
    }
    expect(served()).toBe(0);
  });

  it('§3 a refusal has a challenge of the scheme Bearer without repeated parameters', async () => {
    const challenges = (await refusals()).map(challengeOf); // throws if a parameter is repeated
    for (const { scheme, parameters } of challenges) {
      expect([scheme, parameters['realm']]).toEqual(['Bearer', '127.0.0.1']);
    }
  });

  it('§3 a challenge can be parsed with any allowed realm', async () => {
    const realm = "it's, error=none";
    const { app } = aGate({ realm });
    const { port: own } = await serve(app);
    const answer = await sendRaw(own, rawRequest(['GET /me HTTP/1.1', 'Host: gateway']));
    expectRefused(answer, 401);
    expect(challengeOf(answer).parameters).toHaveProperty('realm', realm);
  });

  it('§3 scope lists every scope that the resource requires, separated by single spaces', async () => {
    const { access_token: none } = await gate.signIn();
    for (const [target, scope] of [
      ['/orders', 'read'],
      ['/both', 'read update'],
      ['/either', 'read update'],
    ] as const) {
      const answer = await get(target, `Authorization: Bearer ${none}`);
      expectRefused(answer, 403, 'insufficient_scope');
      expect(challengeOf(answer).parameters).toHaveProperty('scope', scope);
    }
  });

  it('§3 scope is in the challenge of a request without a valid token too, and absent if the rule names no scope', async () => {
    for (const [target, scope] of [
      ['/orders', 'read'],
      ['/both', 'read update'],
      ['/me', undefined],
    ] as const) {
      const [without, unknown] = [await get(target), await get(target, `Authorization: Bearer ${aForgery()}`)];
      expectRefused(without, 401);
      expectRefused(unknown, 401, 'invalid_token');
      expect([without, unknown].map((answer) => challengeOf(answer).parameters['scope'])).toEqual([scope, scope]);
    }
  });

  it('§3 error names the reason for a refusal, and error_description describes it for people', async () => {
    const [, malformed, invalid, insufficient] = (await refusals()).map(challengeOf);
    expect(malformed?.parameters).toMatchObject({ error: 'invalid_request', error_description: expect.any(String) });
    expect(invalid?.parameters).toMatchObject({ error: 'invalid_token', error_description: expect.any(String) });
    expect(insufficient?.parameters).toMatchObject({
      error: 'insufficient_scope',
      error_description: expect.stringContaining('admin'),
    });
  });

  it('§3 error, error_description and scope are ASCII without quote and backslash', async () => {
    const name: string = "!#$%&'()*+,-./:;<=>?@[]^_`{|}~";
    const own = aGate({ scopes: { read: '', update: '', admin: '', [name]: '' } });
    own.app.get('/odd', own.gate.requireScope(name as 'read', 'update'));
    const odd = await own.get('/odd', (await own.signIn()).access_token);
    expect(challengeOf(odd).parameters).toHaveProperty('scope', `${name} update`);
    for (const refusal of [odd, ...(await refusals())]) {
      const { error, error_description: described, scope } = challengeOf(refusal).parameters;
      for (const text of [error, described, scope]) expect(text ?? '').toMatch(/^[\x20\x21\x23-\x5B\x5D-\x7E]*$/);
    }
  });

  it('§3.1 invalid_request with 400 means repeated or malformed credentials', async () => {
    const header = `Authorization: Bearer ${token}`;
    expectRefused(await get('/me', header, header), 400, 'invalid_request');
    expectRefused(await get('/me', header, 'authorization: Basic eDp5'), 400, 'invalid_request');
    expectRefused(await get('/me', 'Authorization: Bearer'), 400, 'invalid_request');
    expectRefused(await get('/me', `${header}, Bearer ${token}`), 400, 'invalid_request');
    expect(served()).toBe(0);
  });

  it('§3.1 invalid_token with 401 means a malformed, unknown, expired or revoked token', async () => {
    const clock = aClock();
    const own = aGate({ clock: clock.now, tokens: { accessTokenLifetime: 100, refreshGrace: 0 } });
    const expired = await own.signIn();
    clock.advance(100);
    const spent = await own.signIn();
    const revoked = await refreshed(own, spent);
    await own.token({ grant_type: 'refresh_token', refresh_token: spent.refresh_token }).expect(400);
    const unknown = aForgery();
    for (const text of ['x', unknown, expired.access_token, revoked.access_token, revoked.refresh_token]) {
      expectRefused(await own.get('/me', text), 401, 'invalid_token');
    }
    expect(own.served()).toBe(0);
  });

  it('§3.1 insufficient_scope with 403 means a valid token without the required scope', async () => {
    expectRefused(await gate.put('/orders/1', token), 403, 'insufficient_scope');
    expectRefused(await get('/both', `Authorization: Bearer ${token}`), 403, 'insufficient_scope');
    expect(served()).toBe(0);
    await gate.get('/either', token).expect(200);
  });

  it('§3.1 an expired token gets invalid_token, whatever its scope', async () => {
    const clock = aClock();
    const own = aGate({ clock: clock.now });
    const { access_token: text } = await own.signIn(JOHN, 'read');
    expectRefused(await own.get('/admin', text), 403, 'insufficient_scope');
    clock.advance(3600);
    expectRefused(await own.get('/admin', text), 401, 'invalid_token');
  });

  it('§3.1 a request without a token, or with another scheme, gets a challenge without an error code', async () => {
    for (const lines of [[], [basicHeader(`${JOHN[0]}:${JOHN[1]}`)], [`Authorization: DPoP ${token}`]]) {
      const answer = await get('/orders', ...lines);
      expectRefused(answer, 401);
      const { parameters } = challengeOf(answer);
      expect(Object.keys(parameters).filter((name) => name.startsWith('error'))).toEqual([]);
    }
  });

  it('§4 a token response has the token type Bearer and must not be cached', async () => {
    const answer = await gate.token(PASSWORD_FORM).expect(200);
    expect(answer.body).toMatchObject({ token_type: 'Bearer' });
    expect(answer.headers).toMatchObject({ 'cache-control': 'no-store', pragma: 'no-cache' });
  });

  it('§5.2 a token cannot be modified', async () => {
    for (let index = 0; index < token.length; index += 1) {
      const letter = token[index] === 'A' ? 'B' : 'A';
      const modified = token.slice(0, index) + letter + token.slice(index + 1);
      expectRefused(await gate.get('/me', modified), 401, 'invalid_token');
    }
    expectRefused(await gate.get('/me', `${token}A`), 401, 'invalid_token');
  });

  it('§5.2, §5.3 tokens are issued over TLS only', async () => {
    const own = await aServedGate({ issuer: 'https://api.example.com' }, { settings: { 'trust proxy': true } });
    const post = (...lines: readonly string[]) =>
      own.post(PASSWORD_FORM, {
        headers: [FORM_TYPE, APPLICATION_HEADER, 'X-Forwarded-For: 203.0.113.9', ...lines],
      });
    const refused = await post('X-Forwarded-Proto: http');
    expectCleanAnswer(refused, { status: 400, error: 'invalid_request', without: ['access_token'] });
    expect(await post('X-Forwarded-Proto: https')).toMatchObject({ status: 200 });
  });

  it('§5.2 the lifetime of a token is limited, and cannot be configured beyond a day', async () => {
    const { logger } = recordedLogger();
    for (const tokens of [{ accessTokenLifetime: 86_401 }, { accessTokenLifetime: Infinity }]) {
      expect(() => scopegate({ ...gateOptions(logger), tokens })).toThrow('accessTokenLifetime');
    }
    const clock = aClock();
    const own = aGate({ clock: clock.now, tokens: { accessTokenLifetime: 86_400 } });
    const { access_token: text } = await own.signIn();
    clock.advance(86_399);
    await own.get('/me', text).expect(200);
    clock.advance(1);
    expectRefused(await own.get('/me', text), 401, 'invalid_token');
  });

  it('§5.2, §5.3 tokens are neither sent in cookies nor accepted from cookies', async () => {
    const answers = [await gate.token(PASSWORD_FORM), await gate.get('/me', token), ...(await refusals())];
    for (const { headers } of answers) {
      expect(JSON.stringify(headers).toLowerCase()).not.toContain('set-cookie');
    }
    const cookies = ['access_token', 'token', 'Authorization', 'Bearer'].map((name) => `${name}=${token}`).join('; ');
    expectRefused(await get('/me', `Cookie: ${cookies}`), 401);
  });

  it('§5.3 a token expires after one hour by default', async () => {
    const clock = aClock();
    const own = aGate({ clock: clock.now });
    const { access_token: text, expires_in: life } = await own.signIn();
    expect(life).toBe(3_600);
    clock.advance(3_600);
    await own.get('/me', text).expect(401);
  });

  it('§5.3 a token grants access only within its scopes', async () => {
    await gate.get('/orders', token).expect(200);
    for (const path of ['/both', '/admin']) await gate.get(path, token).expect(403);
    await gate.put('/orders/1', token).expect(403);
  });
});
