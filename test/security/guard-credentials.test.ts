import express from 'express';
import { MemoryTokenStore } from '../../src/stores/memory/tokens';
import { readBasicCredentials, readBearerCredentials } from '../../src/protocol/credentials';
import { mintAccessToken, mintClientSecret, mintGrantId } from '../../src/protocol/secrets';
import { createTokenService } from '../../src/tokens/token-service';
import { ignoreEvents } from '../support/gate/ignored-events';
import { aClock } from '../support/time/clock';
import { failingTokenStore } from '../support/stores/failing-token-store';
import { aGate, APPLICATION, type TestGate } from '../support/gate/gate';
import { aGuard } from '../support/gate/guard-harness';
import { expectCleanAnswer } from '../support/expect/clean-answer';
import { rawRequest, sendRaw, serve, valuesOf, type RawResponse } from '../support/http/raw-http';
import { refreshed } from '../support/tokens/refreshing';
import { refreshForm } from '../support/tokens/forms';
import { grantIdOf, aForgery } from '../support/tokens/tokens';

const UNASKED = /^Bearer realm="127\.0\.0\.1"(?:, scope="[a-z ]+")?(?:, resource_metadata="[^"]+")?$/;
const challengeOf = (response: Pick<RawResponse, 'headers'>): string | undefined =>
  valuesOf(response, 'www-authenticate')[0];

/** The answer to a request without a token: no error code, because nothing was wrong. */
const expectUnauthenticated = (response: RawResponse): void => {
  const json = expectCleanAnswer(response, { status: 401, from: 'guard' });
  expect(json).not.toHaveProperty('error');
  expect(challengeOf(response)).toMatch(UNASKED);
};

const expectMalformed = (response: RawResponse): void => {
  expectCleanAnswer(response, { status: 400, from: 'guard', error: 'invalid_request' });
  expect(challengeOf(response)).toContain('error="invalid_request"');
};

const expectInvalid = (response: RawResponse): void => {
  expectCleanAnswer(response, { status: 401, from: 'guard', error: 'invalid_token' });
  expect(challengeOf(response)).toContain('error="invalid_token"');
};

/** `GET /me` with exactly these header lines. */
const ask = (port: number, ...lines: readonly string[]) =>
  sendRaw(port, rawRequest(['GET /me HTTP/1.1', 'Host: x', ...lines]));

describe('credentials of a guarded request', () => {
  let gate: TestGate;
  let port: number;
  let token: string;
  let refreshToken: string;
  beforeAll(async () => {
    gate = aGate();
    ({ port } = await serve(gate.app));
    ({ access_token: token, refresh_token: refreshToken } = await gate.signIn());
  });

  it('S-177 are requested, without an error code, if there are none', async () => {
    expectUnauthenticated(await ask(port));
    expect(gate.served()).toBe(0);
  });

  it('S-178 get the same answer whether the token is unknown, malformed, expired, spent or revoked', async () => {
    const clock = aClock();
    const own = aGate({ clock: clock.now, tokens: { accessTokenLifetime: 100, refreshGrace: 0 } });
    const { port: ownPort } = await serve(own.app);
    const expired = await own.signIn();
    clock.advance(100);
    const spent = await own.signIn();
    const revoked = await refreshed(own, spent);
    await own.token(refreshForm(spent.refresh_token)).expect(400);
    const tokens = [
      aForgery(),
      'sga_malformed',
      token,
      ...[expired, spent, revoked].map(({ access_token: text }) => text),
    ];
    const answers = await Promise.all(tokens.map((text) => ask(ownPort, `Authorization: Bearer ${text}`)));
    answers.forEach(expectInvalid);
    expect(new Set(answers.map(({ body }) => body)).size).toBe(1);
    expect(new Set(answers.map(challengeOf)).size).toBe(1);
  });

  it.each(['bearer', 'BEARER', 'BeArEr', 'bEARER'])('S-180 may have the scheme in any case: %s', async (scheme) => {
    expect(await ask(port, `Authorization: ${scheme} ${token}`)).toMatchObject({ status: 200 });
    expect(await ask(port, `AUTHORIZATION: ${scheme} ${token}`)).toMatchObject({ status: 200 });
  });

  it.each(['Token', 'Bearerx', 'xBearer', 'Basic', 'DPoP', 'Bearer-', 'Bear', 'Negotiate'])(
    'S-181 of the scheme "%s" are neither a token nor an error',
    async (scheme) => {
      expectUnauthenticated(await ask(port, `Authorization: ${scheme} ${token}`));
    },
  );

  it('S-181 without a scheme are ignored', async () => {
    expectUnauthenticated(await ask(port, `Authorization: ${token}`));
    expectUnauthenticated(await ask(port, 'Authorization:'));
  });

  it.each([
    ['two spaces', (text: string) => `Bearer  ${text}`],
    ['space around', (text: string) => `  Bearer ${text}  `],
    ['a tab around', (text: string) => `\tBearer ${text}\t`],
  ])('S-182 may have %s', async (_name, value) => {
    expect(await ask(port, `Authorization:${value(token)}`)).toMatchObject({ status: 200 });
  });

  it.each([
    ['a tab', (text: string) => `Bearer\t${text}`],
    ['a space and a tab', (text: string) => `Bearer \t${text}`],
    ['nothing behind the scheme', () => 'Bearer'],
    ['only spaces behind the scheme', () => 'Bearer   '],
    ['something behind the token', (text: string) => `Bearer ${text} x`],
    ['quotes', (text: string) => `Bearer "${text}"`],
    ['a parameter', (text: string) => `Bearer token=${text}`],
    ['a comma', (text: string) => `Bearer ${text},`],
    ['two tokens', (text: string) => `Bearer ${text}, Bearer ${text}`],
    ['two schemes', (text: string) => `Bearer ${text}, Basic eDp5`],
  ])('S-182 S-185 are malformed with %s', async (_name, value) => {
    expectMalformed(await ask(port, `Authorization: ${value(token)}`));
  });

  it.each([
    ['the same token', (text: string) => [`Bearer ${text}`, `Bearer ${text}`]],
    ['another token', (text: string) => [`Bearer ${text}`, 'Bearer other']],
    ['another scheme', (text: string) => ['Basic eDp5', `Bearer ${text}`]],
    ['nothing', (text: string) => [`Bearer ${text}`, '']],
  ])('S-185 are malformed in two headers, the second with %s', async (_name, values) => {
    const lines = values(token).map((value, index) => `${index === 0 ? 'Authorization' : 'authorization'}: ${value}`);
    expectMalformed(await ask(port, ...lines));
  });

  it('S-183 S-184 are looked up only if they are a b64token, and in the store only with a valid checksum', async () => {
    const counted = failingTokenStore(new MemoryTokenStore({ clock: aClock().now, maxGrants: 10 }));
    const lifetimes = { accessTokenLifetime: 1, refreshTokenLifetime: 1, grantLifetime: 1, refreshGrace: 0 };
    const service = createTokenService(counted.store, { lifetimes, clock: aClock().now, emit: ignoreEvents });
    const asked: string[] = [];
    const { app, served } = aGuard(async (text) => {
      asked.push(text);
      return service.find(text);
    });
    const { port: ownPort } = await serve(app);
    const get = (text: string) =>
      sendRaw(ownPort, rawRequest(['GET /guarded HTTP/1.1', 'Host: x', `Authorization: Bearer ${text}`]));

    const { text } = mintAccessToken(mintGrantId());
    for (let code = 0; code <= 0xff; code += 1) {
      const byte = String.fromCharCode(code);
      const { status } = await get(`${text.slice(0, 30)}${byte}${text.slice(31)}`);
      expect({ code, status }).toEqual({ code, status: /[A-Za-z0-9._~+/-]/.test(byte) ? 401 : 400 });
    }
    for (const wrong of [`${text}=`, `${text}==`, 'a'.repeat(4_096), `${text}${'a'.repeat(15_000)}`]) {
      expect(await get(wrong)).toMatchObject({ status: 401 });
    }
    expect(asked.filter((seen) => !/^[A-Za-z0-9._~+/-]+=*$/.test(seen))).toEqual([]);
    expect(counted.calls()).toBeLessThanOrEqual(1); // the one byte that was there before
    expect(served()).toBe(0);
  });

  it.each([4_096, 15_000])('S-184 are refused if the token has %d characters', async (length) => {
    expectInvalid(await ask(port, `Authorization: Bearer sga_${'A'.repeat(length)}`));
    expectInvalid(await ask(port, `Authorization: Bearer ${token}${'A'.repeat(length)}`));
  });

  it.each(['access_token', 'access%5Ftoken', '%61ccess_token'])(
    'S-186 S-187 S-189 are not read from the query, and are refused there: %s',
    async (name) => {
      const get = (query: string, ...lines: readonly string[]) =>
        sendRaw(port, rawRequest([`GET /me?${query} HTTP/1.1`, 'Host: x', ...lines]));
      expectUnauthenticated(await get(`${name}=${token}`));
      expectUnauthenticated(await get(`a=b&${name}=${token}&${name}=${token}`));
      // A second way of sending one, even the same one, even an empty one
      for (const text of [token, 'other', '']) {
        expectMalformed(await get(`a=b&${name}=${text}`, `Authorization: Bearer ${token}`));
        expectMalformed(await get(`${name}=${text}&${name}=${text}`, `Authorization: Bearer ${token}`));
      }
      expect(await get('my_access_token=x&q=access_token', `Authorization: Bearer ${token}`)).toMatchObject({
        status: 200,
      });
    },
  );

  it.each([
    ['application/x-www-form-urlencoded', (text: string) => `access_token=${text}`],
    ['application/json', (text: string) => JSON.stringify({ access_token: text })],
    [
      'multipart/form-data; boundary=b',
      (text: string) => `--b\r\nContent-Disposition: form-data; name="access_token"\r\n\r\n${text}\r\n--b--\r\n`,
    ],
  ])('S-186 S-188 are not read from a body of type %s, which reaches the handler complete', async (type, bodyWith) => {
    const app = express();
    app.all('/echo', gate.gate.requireToken(), (incoming, response) => void incoming.pipe(response));
    const { port: ownPort } = await serve(app);
    const body = bodyWith(token);
    for (const method of ['GET', 'POST', 'PUT', 'PATCH']) {
      const lines = [`${method} /echo HTTP/1.1`, 'Host: x', `Content-Type: ${type}`];
      expectUnauthenticated(await sendRaw(ownPort, rawRequest(lines, body)));
      const authorized = rawRequest([...lines, `Authorization: Bearer ${token}`], body);
      expect(await sendRaw(ownPort, authorized)).toMatchObject({ status: 200, body });
    }
  });

  it('S-188 are checked before a body has arrived', async () => {
    const lines = ['PUT /orders/1 HTTP/1.1', 'Host: x', 'Content-Length: 1000000', '', 'access_token='];
    expectUnauthenticated(await sendRaw(port, lines.join('\r\n')));
  });

  it('S-190 are not read from a cookie', async () => {
    const names = ['access_token', 'token', 'Authorization', 'bearer'];
    expectUnauthenticated(await ask(port, `Cookie: ${names.map((name) => `${name}=${token}`).join('; ')}`));
    expectUnauthenticated(await ask(port, `X-Access-Token: ${token}`, `Proxy-Authorization: Bearer ${token}`));
  });

  it('S-191 must be an access token, never another secret', async () => {
    const secrets = [refreshToken, refreshToken.replace('sgr_', 'sga_'), APPLICATION[1], mintClientSecret()];
    const parts = [token.slice(4), grantIdOf(token), token.toLowerCase(), `${token}=`];
    for (const text of [...secrets, ...parts]) expectInvalid(await ask(port, `Authorization: Bearer ${text}`));
    await gate.get('/me', token).expect(200);
  });

  it('S-211 must have a scheme and a field name in ASCII, whatever other letters case mapping would merge', () => {
    expect(readBearerCredentials(['author\u0130zation', 'Bearer abc'])).toEqual({ kind: 'none' });
    expect(readBearerCredentials(['Author\u0131zation', 'Bearer abc'])).toEqual({ kind: 'none' });
    expect(() => readBasicCredentials('Ba\u017Fic YTpi')).toThrow();
    expect(() => readBasicCredentials('Bas\u0130c YTpi')).toThrow();
  });
});
