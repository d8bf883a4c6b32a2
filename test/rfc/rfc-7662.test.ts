import { clientToken } from '../support/gate/api-gate';
import { challengeOf } from '../support/http/challenge';
import { aClock } from '../support/time/clock';
import { aPublicApplication } from '../support/gate/public-application';
import { aGate, APPLICATION, JANE, JOHN, type Pair, type TestGate } from '../support/gate/gate';
import {
  expectInactive,
  introspect,
  introspected,
  OTHER,
  revoke,
  threeApplications,
} from '../support/tokens/grant-endpoints';
import { RESOURCE_SERVER } from '../support/tokens/grant-endpoints';
import { expectCleanAnswer } from '../support/expect/clean-answer';
import { atItsAddress, documentAt } from '../support/gate/own-address';
import { valuesOf } from '../support/http/raw-http';
import { refreshed } from '../support/tokens/refreshing';
import { aServedGate, APPLICATION_HEADER, FORM_TYPE } from '../support/tokens/token-requests';
import { encodeForm } from '../support/tokens/forms';
import { aForgery } from '../support/tokens/tokens';

const [KEY, SECRET] = APPLICATION;
const KINDS = ['access_token', 'refresh_token'] as const;
const WRONG: Pair = [KEY, 'wrong'];
const NOW = 1_800_000_000;
const TARGET = { target: '/introspect' } as const;

const expectRefused = (answer: Parameters<typeof expectCleanAnswer>[0], error: string, status = 400): void => {
  expectCleanAnswer(answer, { status, error, without: ['active'] });
};

describe('RFC 7662', () => {
  const clock = aClock();
  beforeEach(() => clock.set(NOW));
  let gate: TestGate;
  beforeAll(() => {
    gate = aGate({ ...threeApplications, clock: clock.now });
  });

  it('§2 a request without TLS is refused if the issuer is https', async () => {
    const own = await aServedGate({ issuer: 'https://api.example.com' }, { settings: { 'trust proxy': true } });
    const { access_token: token } = await own.signIn();
    const post = (...headers: readonly string[]) =>
      own.post({ token }, { ...TARGET, headers: [FORM_TYPE, APPLICATION_HEADER, ...headers] });
    expectRefused(await post('X-Forwarded-For: 203.0.113.9'), 'invalid_request');
    const answer = await post('X-Forwarded-For: 203.0.113.9', 'X-Forwarded-Proto: https');
    expect(expectCleanAnswer(answer, { status: 200 })).toHaveProperty('active', true);
  });

  it('§2 a resource server can discover the endpoint in the metadata of the server', async () => {
    const own = await atItsAddress('/tenants/a');
    const metadata = await documentAt(`${own.origin}/.well-known/oauth-authorization-server/tenants/a`);
    const { accessToken } = await own.gate.tokens.issue({ clientId: KEY, subject: JOHN[0], scopes: ['read'] });
    const answer = await fetch(String(metadata['introspection_endpoint']), {
      method: 'POST',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      body: encodeForm({ token: accessToken, client_id: KEY, client_secret: SECRET }),
    });
    expect(await answer.json()).toMatchObject({ active: true, scope: 'read', iss: own.issuer });
  });

  it('§2.1 the request must be a POST with a form body', async () => {
    const own = await aServedGate();
    const { access_token: token } = await own.signIn();
    for (const method of ['GET', 'PUT', 'DELETE']) {
      const answer = await own.post({ token }, { method, target: `/introspect?token=${token}` });
      expectRefused(answer, 'invalid_request', 405);
      expect(valuesOf(answer, 'allow')).toEqual(['POST']);
    }
    const headers = ['Content-Type: application/json', APPLICATION_HEADER];
    expectRefused(await own.post(JSON.stringify({ token }), { ...TARGET, headers }), 'invalid_request', 415);
  });

  it('§2.1 token is required and must not be repeated', async () => {
    const { access_token: token } = await gate.signIn();
    for (const form of [{}, { token: '' }, { token_type_hint: 'access_token' }, { access_token: token }]) {
      expectRefused(await gate.postTo('/introspect', form), 'invalid_request');
    }
    const own = await aServedGate();
    expectRefused(await own.post(`token=${token}&token=${token}`, TARGET), 'invalid_request');
  });

  it('§2.1 both access tokens and refresh tokens can be introspected', async () => {
    const tokens = await gate.signIn();
    for (const kind of KINDS) await introspected(gate, tokens[kind]);
  });

  it('§2.1 token_type_hint is optional and may be wrong: all token types are searched', async () => {
    const tokens = await gate.signIn();
    for (const kind of KINDS) {
      const plain = await introspected(gate, tokens[kind]);
      for (const hint of [...KINDS, 'id_token', 'x']) {
        expect(await introspected(gate, tokens[kind], { hint })).toEqual(plain);
      }
    }
  });

  it('§2.1 unknown parameters are ignored', async () => {
    const { access_token: token } = await gate.signIn();
    const plain = await introspected(gate, token);
    const { body } = await gate.postTo('/introspect', { token, resource: 'x', active: 'false', sub: JANE[0] });
    expect(body).toEqual(plain);
  });

  it('§2.1 the caller authenticates as at the token endpoint, in the header or in the body', async () => {
    const { access_token: token } = await gate.signIn();
    await introspected(gate, token);
    const form = { token, client_id: KEY, client_secret: SECRET };
    expect((await gate.postTo('/introspect', form, null).expect(200)).body).toHaveProperty('active', true);
    expectRefused(await gate.postTo('/introspect', form), 'invalid_request');
  });

  it('§2.1 a public client cannot introspect, because it does not authenticate', async () => {
    const { clientId } = await aPublicApplication(gate);
    const { accessToken } = await gate.gate.tokens.issue({ clientId, subject: JOHN[0], scopes: ['read'] });
    const form = { token: accessToken, client_id: clientId };
    expectRefused(await gate.postTo('/introspect', form, null), 'invalid_client', 401);
  });

  it('§2.1 tokens cannot be scanned without client authentication', async () => {
    const { access_token: token } = await gate.signIn();
    for (const credentials of [null, WRONG, ['nobody', SECRET]] as const) {
      const answers = [token, aForgery(), 'x'].map((asked) => introspect(gate, asked, { credentials }));
      for (const answer of await Promise.all(answers)) expectRefused(answer, 'invalid_client', 401);
    }
  });

  it('§2.2 the response is a JSON object of media type application/json', async () => {
    const { access_token: token } = await gate.signIn();
    for (const asked of [token, aForgery()]) {
      const answer = await introspect(gate, asked);
      expect(answer.headers['content-type']).toMatch(/^application\/json(;|$)/);
      expect(typeof (JSON.parse(answer.text) as { active: unknown }).active).toBe('boolean');
    }
  });

  it('§2.2 active is true for a token that was issued here, is not revoked and has not expired', async () => {
    const own = aGate({ clock: clock.now, tokens: { accessTokenLifetime: 100, refreshTokenLifetime: 200 } });
    const [tokens, ended, elsewhere] = [await own.signIn(), await own.signIn(), await gate.signIn()];
    for (const kind of KINDS) await introspected(own, tokens[kind]);
    await revoke(own, ended.access_token).expect(200);
    for (const kind of KINDS) {
      expectInactive(await introspect(own, ended[kind]));
      expectInactive(await introspect(own, elsewhere[kind]));
    }
    clock.set(NOW + 99.999);
    await introspected(own, tokens.access_token);
    clock.set(NOW + 100);
    expectInactive(await introspect(own, tokens.access_token));
    clock.set(NOW + 200);
    expectInactive(await introspect(own, tokens.refresh_token));
  });

  it('§2.2 scope lists all granted scopes in one string, separated by spaces', async () => {
    const { access_token: token } = await gate.signIn(JOHN, 'read update admin');
    expect(await introspected(gate, token)).toHaveProperty('scope', 'read update');
  });

  it('§2.2 client_id, sub and username name the client and the user', async () => {
    const { access_token: token } = await gate.signIn(JANE, 'read', OTHER);
    const members = { client_id: OTHER[0], sub: JANE[0], username: JANE[0] };
    expect(await introspected(gate, token, { credentials: OTHER })).toMatchObject(members);
    const { access_token: own } = await clientToken(gate, OTHER);
    const json = await introspected(gate, own, { credentials: OTHER });
    expect(json).toHaveProperty('client_id', OTHER[0]);
    for (const name of ['sub', 'username']) expect(json).not.toHaveProperty(name);
  });

  it('§2.2 username is only for human-readable names, so the id of an external user is only in sub', async () => {
    const own = aGate({ users: () => ({ id: 'u-4711' }) });
    const { access_token: token } = await own.signIn();
    const json = await introspected(own, token);
    expect(json).toHaveProperty('sub', 'u-4711');
    expect(json).not.toHaveProperty('username');
  });

  it('§2.2 token_type is that of the token response, and only returned for access tokens', async () => {
    const tokens = await gate.signIn();
    expect(await introspected(gate, tokens.access_token)).toHaveProperty('token_type', 'Bearer');
    expect(await introspected(gate, tokens.refresh_token)).not.toHaveProperty('token_type');
  });

  it('§2.2 iat and exp are whole seconds since the epoch', async () => {
    clock.set(NOW + 0.9);
    const { access_token: token, expires_in: life } = await gate.signIn();
    const json = await introspected(gate, token);
    expect(json).toMatchObject({ iat: NOW, exp: NOW + life });
    const { body } = await gate.get('/me', token).expect(200);
    expect(body).toMatchObject({ issuedAt: json['iat'], expiresAt: json['exp'] });
  });

  it('§2.2 iss is the issuer, and unavailable members are omitted', async () => {
    const { access_token: token } = await gate.signIn();
    const json = await introspected(gate, token);
    expect(json).toHaveProperty('iss', 'http://127.0.0.1');
    for (const name of ['nbf', 'aud', 'jti']) expect(json).not.toHaveProperty(name);
    expect(Object.values(json)).not.toContain(null);
  });

  it('§2.2 a token that the caller may not introspect is inactive, without other members', async () => {
    const tokens = await gate.signIn();
    for (const kind of KINDS) expectInactive(await introspect(gate, tokens[kind], { credentials: OTHER }));
    expectInactive(await introspect(gate, tokens.refresh_token, { credentials: RESOURCE_SERVER }));
    await introspected(gate, tokens.access_token, { credentials: RESOURCE_SERVER });
  });

  it('§2.2 the response does not reveal why a token is inactive', async () => {
    const [ended, spent] = [await gate.signIn(), await gate.signIn()];
    await revoke(gate, ended.access_token).expect(200);
    await refreshed(gate, spent);
    for (const token of [ended.access_token, ended.refresh_token, spent.refresh_token, aForgery(), 'x', 'ä']) {
      expectInactive(await introspect(gate, token));
    }
  });

  it('§2.3 wrong client credentials get 401 invalid_client, as in RFC 6749 §5.2', async () => {
    const { access_token: token } = await gate.signIn();
    const answer = await introspect(gate, token, { credentials: WRONG });
    expectRefused(answer, 'invalid_client', 401);
    expect(challengeOf(answer)).toMatchObject({ scheme: 'Basic', parameters: { realm: '127.0.0.1' } });
  });

  it('§2.3 a Bearer token is not accepted as authorization: 401', async () => {
    const { access_token: token } = await gate.signIn();
    const answer = await introspect(gate, token, { credentials: null }).auth(token, { type: 'bearer' });
    expectRefused(answer, 'invalid_client', 401);
  });

  it('§2.3 introspecting an inactive token is not an error', async () => {
    for (const token of [aForgery(), 'x', 'ey.ey.']) expectInactive(await introspect(gate, token));
  });

  it('§4 the endpoint makes the same checks of a token as a guard', async () => {
    const own = aGate({ clock: clock.now, tokens: { accessTokenLifetime: 100, refreshGrace: 10 } });
    const [expiring, ended, replaced] = [await own.signIn(), await own.signIn(), await own.signIn()];
    const expectAgreement = async (): Promise<number> => {
      const texts = [expiring, ended, replaced].map((tokens) => tokens.access_token);
      const seen = texts.map(async (token) => {
        const [{ body }, { status }] = await Promise.all([introspect(own, token), own.get('/me', token)]);
        expect(body).toHaveProperty('active', status === 200);
        return status === 200 ? 1 : 0;
      });
      return (await Promise.all<number>(seen)).reduce((sum, one) => sum + one, 0);
    };
    expect(await expectAgreement()).toBe(3);
    await own.gate.tokens.revoke({ token: ended.access_token });
    await refreshed(own, replaced);
    expect(await expectAgreement()).toBe(2);
    clock.advance(10);
    expect(await expectAgreement()).toBe(1);
    clock.advance(90);
    expect(await expectAgreement()).toBe(0);
  });

  it('§4 a caller that scans for tokens is throttled, and still gets responses for live ones', async () => {
    const own = aGate({ throttle: { unknownTokens: { failures: 2 } } });
    const { access_token: token } = await own.signIn();
    for (let count = 0; count < 2; count += 1) expectInactive(await introspect(own, aForgery()));
    const refused = await introspect(own, aForgery());
    expectRefused(refused, 'invalid_request', 429);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    await introspected(own, token);
  });

  it('§4 guesses of client credentials are throttled', async () => {
    const own = aGate({ throttle: { clientAndAddress: { failures: 2 } } });
    const { access_token: token } = await own.signIn();
    for (let count = 0; count < 2; count += 1) {
      expectRefused(await introspect(own, token, { credentials: WRONG }), 'invalid_client', 401);
    }
    expectRefused(await introspect(own, token, { credentials: WRONG }), 'invalid_request', 429);
  });

  it('§4 a token is refused in a URL, and never logged', async () => {
    const own = await aServedGate({ ...threeApplications, throttle: false });
    const { access_token: token } = await own.signIn();
    for (const target of [`/introspect?token=${token}`, `/introspect?x=1&%74oken=${token}`]) {
      expectRefused(await own.post('', { target }), 'invalid_request');
      expectRefused(await own.post({ token }, { target }), 'invalid_request');
    }
    await introspect(own, token).expect(200);
    await introspect(own, token, { credentials: WRONG }).expect(401);
    expect(JSON.stringify(own.lines)).not.toContain(token);
  });

  it('§4 responses must not be cached', async () => {
    const { access_token: token } = await gate.signIn();
    const answers = [introspect(gate, token), introspect(gate, 'x'), introspect(gate, token, { credentials: WRONG })];
    for (const { headers } of await Promise.all(answers)) {
      expect(headers).toMatchObject({ 'cache-control': 'no-store', pragma: 'no-cache' });
    }
  });
});
