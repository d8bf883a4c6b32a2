import { scopegate, type ApplicationDeclaration } from 'scopegate';
import { mintAccessToken, type GrantId } from '../../src/protocol/secrets';
import { anApplication, withApplications } from '../support/gate/applications';
import { aPublicApplication } from '../support/gate/public-application';
import { challengeOf } from '../support/http/challenge';
import { aClock } from '../support/time/clock';
import { onRedis } from '../support/stores/every-store';
import { aGate, APPLICATION, gateOptions, JANE, JOHN, recordedLogger } from '../support/gate/gate';
import type { Pair, TestScope, TokenBody } from '../support/gate/gate';
import { expectCleanAnswer, type CleanAnswer } from '../support/expect/clean-answer';
import { valuesOf } from '../support/http/raw-http';
import { testRedis } from '../support/redis/redis';
import { contentsUnder, storedFormsOf } from '../support/redis/contents';
import { anotherApplication, refresh, refreshed } from '../support/tokens/refreshing';
import { aServedGate, aSource, basicHeader, FORM_TYPE } from '../support/tokens/token-requests';
import { APPLICATION_HEADER, PASSWORD_FORM, type ServedGate } from '../support/tokens/token-requests';
import { encodeForm, passwordForm, type TokenForm } from '../support/tokens/forms';
import { grantIdOf, altered } from '../support/tokens/tokens';

const [KEY, SECRET] = APPLICATION;
const OTHER: Pair = ['other', 'other-secret'];
const CLIENT_FORM = { grant_type: 'client_credentials' } as const;
const [{ username: USERNAME, password: PASSWORD }, WRONG] = [PASSWORD_FORM, 'wrong'];

type Answer = Parameters<typeof expectCleanAnswer>[0];

const expectRefused = (answer: Answer, error: string, more: Partial<CleanAnswer> = {}): void => {
  const json = expectCleanAnswer(answer, { status: error === 'invalid_client' ? 401 : 400, error, ...more });
  expect(json).not.toHaveProperty('access_token');
};

const expectIssued = (answer: Answer): TokenBody => {
  const json: unknown = expectCleanAnswer(answer, { status: 200 });
  expect(json).toHaveProperty('access_token', expect.any(String));
  return json as TokenBody;
};

/** The declared application with other settings. */
const anApplicationWith = (changes: Partial<ApplicationDeclaration<TestScope>>) => ({
  applications: (gateOptions(recordedLogger().logger).applications ?? []).map((one) => ({ ...one, ...changes })),
});

/** Serves a gate with an https issuer, behind a trusted proxy that reports the scheme of a request. */
const aTlsGate = () => aServedGate({ issuer: 'https://api.example.com' }, { settings: { 'trust proxy': true } });
const OVER_HTTP = 'X-Forwarded-For: 203.0.113.9';
const OVER_TLS = [OVER_HTTP, 'X-Forwarded-Proto: https'] as const;

describe('RFC 6749', () => {
  let gate: ServedGate;
  beforeAll(async () => {
    gate = await aServedGate({ ...withApplications(OTHER), throttle: false });
  });

  /** Sends a token request with these header lines and the media type. */
  const ask = (form: TokenForm, ...headers: readonly string[]) => gate.post(form, { headers: [FORM_TYPE, ...headers] });

  it('§1.9 parameter names and values are case sensitive', async () => {
    const { grant_type: _left, ...rest } = PASSWORD_FORM;
    expectRefused(await gate.token({ ...rest, Grant_Type: 'password' }), 'invalid_request');
    expectRefused(await gate.token({ ...rest, grant_type: 'Password' }), 'unsupported_grant_type');
  });

  it('§2.1 a client that cannot keep a secret is registered as public, and has none', async () => {
    const { id, clientId } = await aPublicApplication(gate);
    const { applications } = gate.gate.directory;
    expect((await applications.find(id))?.keys.production).toEqual({ clientId, secrets: [] });
    await expect(applications.generateKeys(id, { environment: 'production' })).rejects.toThrow('is public');
  });

  it('§2.2 a client identifier belongs to one client', async () => {
    const [one, another] = [await anApplication(gate), await anApplication(gate)];
    expect(one.keys[0]).not.toBe(another.keys[0]);
    await expect(anApplication(gate, { clientId: one.keys[0] })).rejects.toMatchObject({
      code: 'ERR_SCOPEGATE_EXISTS',
    });
  });

  it('§2.2 a client identifier alone authenticates no client', async () => {
    expectRefused(await ask({ ...PASSWORD_FORM, client_id: KEY }), 'invalid_client');
    expectRefused(await ask({ ...PASSWORD_FORM, client_id: KEY, client_secret: '' }), 'invalid_client');
    expectRefused(await ask(PASSWORD_FORM, basicHeader(`${KEY}:`)), 'invalid_client');
  });

  it('§2.3 a request with two client authentication methods is refused, even if both are right', async () => {
    const inBody = { ...PASSWORD_FORM, client_id: KEY, client_secret: SECRET };
    expectRefused(await ask(inBody, APPLICATION_HEADER), 'invalid_request');
    expectRefused(await ask(PASSWORD_FORM, APPLICATION_HEADER, APPLICATION_HEADER), 'invalid_request');
  });

  it('§2.3.1 a client may authenticate with HTTP Basic', async () => {
    expectIssued(await ask(PASSWORD_FORM, basicHeader(`${KEY}:${SECRET}`)));
    expectRefused(await ask(PASSWORD_FORM, basicHeader(`${KEY}:${WRONG}`)), 'invalid_client');
  });

  it('§2.3.1 the client_id and client_secret of Basic credentials are form-decoded', async () => {
    const own = await aServedGate(withApplications(['id%41+', 's:e+c&r%']));
    const authenticate = (credentials: string) =>
      own.post(PASSWORD_FORM, { headers: [FORM_TYPE, basicHeader(credentials)] });
    expectIssued(await authenticate('id%2541%2B:s%3Ae%2Bc%26r%25'));
    expectIssued(await authenticate('id%2541%2B:s:e%2Bc&r%25'));
    expectRefused(await authenticate('id%41+:s:e+c&r%25'), 'invalid_client');
  });

  it('§2.3.1 a client may send its credentials in the body, as client_id and client_secret', async () => {
    expectIssued(await ask({ ...PASSWORD_FORM, client_id: KEY, client_secret: SECRET }));
    expectRefused(await ask({ ...PASSWORD_FORM, client_id: KEY, client_secret: WRONG }), 'invalid_client');
  });

  it('§2.3.1 credentials in the request URI are refused, even if those in the header are right', async () => {
    for (const query of [`client_id=${KEY}&client_secret=${SECRET}`, `client_secret=${SECRET}`, `client%5Fid=${KEY}`]) {
      expectRefused(await gate.post(PASSWORD_FORM, { target: `/token?${query}` }), 'invalid_request');
    }
  });

  it('§2.3.1 a client password over plain HTTP is refused, in the header and in the body', async () => {
    const own = await aTlsGate();
    const inBody = { ...PASSWORD_FORM, client_id: KEY, client_secret: SECRET };
    for (const [form, ...headers] of [
      [PASSWORD_FORM, FORM_TYPE, APPLICATION_HEADER],
      [inBody, FORM_TYPE],
    ] as const) {
      expectRefused(await own.post(form, { headers: [...headers, OVER_HTTP] }), 'invalid_request');
      expectIssued(await own.post(form, { headers: [...headers, ...OVER_TLS] }));
    }
  });

  it('§2.3.1 guesses of client passwords are throttled', async () => {
    const { token } = aGate({ throttle: { clientAndAddress: { failures: 2 } } });
    for (let count = 0; count < 2; count += 1) expectRefused(await token(CLIENT_FORM, [KEY, WRONG]), 'invalid_client');
    const answer = await token(CLIENT_FORM, [KEY, WRONG]);
    expectRefused(answer, 'invalid_request', { status: 429 });
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
  });

  it('§3.2 the endpoint URI must not have a fragment', () => {
    const { logger } = recordedLogger();
    for (const fragment of [{ issuer: 'https://api.example.com#f' }, { paths: { token: '/token#f' } }]) {
      expect(() => scopegate({ ...gateOptions(logger), ...fragment })).toThrow(
        expect.objectContaining({ code: 'ERR_SCOPEGATE_OPTION' }),
      );
    }
  });

  it('§3.2 the endpoint URI may have a query component', async () => {
    expectIssued(await gate.post(PASSWORD_FORM, { target: '/token?tenant=a%26b&x' }));
  });

  it('§3.2 a request without TLS is refused', async () => {
    const own = await aTlsGate();
    const post = (...headers: readonly string[]) =>
      own.post(PASSWORD_FORM, { headers: [FORM_TYPE, APPLICATION_HEADER, ...headers] });
    expectRefused(await post(OVER_HTTP), 'invalid_request');
    expectRefused(await post(OVER_HTTP, 'X-Forwarded-Proto: http'), 'invalid_request');
    expectIssued(await post(...OVER_TLS));
  });

  it('§3.2 tokens are issued for POST only', async () => {
    for (const method of ['GET', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
      const answer = await gate.post(PASSWORD_FORM, { method });
      expectRefused(answer, 'invalid_request', { status: 405 });
      expect(valuesOf(answer, 'allow')).toEqual(['POST']);
    }
  });

  it('§3.2 a parameter without a value is treated as omitted', async () => {
    const empty = { refresh_token: '', client_id: '', client_secret: '' };
    expect(expectIssued(await gate.token({ ...PASSWORD_FORM, ...empty, scope: '' })).scope).toBe('default');
    expectRefused(await gate.token({ ...PASSWORD_FORM, password: '' }), 'invalid_request');
    expectRefused(await gate.token({ ...PASSWORD_FORM, grant_type: '' }), 'invalid_request');
  });

  it('§3.2 unrecognized parameters are ignored', async () => {
    const others = { audience: 'x', subject: 'admin', token_type: 'mac', toString: 'x', constructor: 'x' };
    const issued = expectIssued(await gate.token({ ...PASSWORD_FORM, ...others }));
    expect(issued).toMatchObject({ token_type: 'Bearer', scope: 'read' });
  });

  it('§3.2 a repeated request parameter is refused', async () => {
    for (const name of ['grant_type', 'username', 'password', 'scope', 'client_id', 'something']) {
      const value = new Map(Object.entries<string>(PASSWORD_FORM)).get(name) ?? KEY;
      const form = new URLSearchParams({ ...PASSWORD_FORM, [name]: value });
      expectIssued(await gate.post(form.toString()));
      form.append(name, value);
      expectRefused(await gate.post(form.toString()), 'invalid_request');
    }
  });

  it('§3.2 a response never repeats a parameter', async () => {
    for (const form of [PASSWORD_FORM, { ...PASSWORD_FORM, password: WRONG }]) {
      const { body } = await gate.post(form);
      const names = [...body.matchAll(/"([a-z_]+)":/g)].map(([, name]) => name);
      expect(names).toEqual(Object.keys(JSON.parse(body) as object));
    }
  });

  it('§3.2.1 the client must authenticate for every grant type', async () => {
    for (const form of [PASSWORD_FORM, CLIENT_FORM, { grant_type: 'refresh_token', refresh_token: 'x' }]) {
      expectRefused(await gate.token(form, null), 'invalid_client');
      expectRefused(await gate.token(form, [KEY, WRONG]), 'invalid_client');
    }
  });

  it('§3.2.1 a public client identifies itself by client_id', async () => {
    const { clientId } = await aPublicApplication(gate);
    const { refreshToken = '' } = await gate.gate.tokens.issue({ clientId, subject: JOHN[0], scopes: ['read'] });
    const form = { grant_type: 'refresh_token', refresh_token: refreshToken };
    expectRefused(await ask(form), 'invalid_client');
    expectRefused(await ask({ ...form, client_id: clientId, client_secret: 'x' }), 'invalid_client');
    expectIssued(await ask({ ...form, client_id: clientId }));
  });

  it('§3.2.1 disabling a client makes its refresh tokens invalid', async () => {
    const { id, keys } = await anApplication(gate);
    const { refresh_token: token } = await gate.signIn(JOHN, 'read', keys);
    await gate.gate.directory.applications.disable(id);
    expectRefused(await refresh(gate, token, undefined, keys), 'invalid_client');
    await gate.gate.directory.applications.enable(id);
    expectRefused(await refresh(gate, token, undefined, keys), 'invalid_grant');
  });

  it('§3.3 each scope token grants additional access, in any order', async () => {
    for (const scope of ['read update', 'update read']) {
      const issued = await gate.signIn(JOHN, scope);
      expect(new Set(issued.scope.split(' '))).toEqual(new Set(['read', 'update']));
      await gate.get('/both', issued.access_token).expect(200);
    }
    await gate.get('/both', (await gate.signIn(JOHN, 'read')).access_token).expect(403);
  });

  it('§3.3 scope tokens are case sensitive', async () => {
    const { access_token: token, scope } = await gate.signIn(JOHN, 'READ Update');
    expect(scope).toBe('default');
    await gate.get('/either', token).expect(403);
  });

  it('§3.3 the response contains the scope if it differs from the requested one', async () => {
    expect((await gate.signIn(JANE, 'read update admin')).scope).toBe('read');
    expect((await gate.signIn(JANE, 'update')).scope).toBe('default');
  });

  it('§3.3 a request without a scope is granted the pre-defined default', async () => {
    const { access_token: token, scope } = await gate.signIn(JOHN);
    expect(scope).toBe('default');
    await gate.get('/me', token).expect(200);
    await gate.get('/orders', token).expect(403);
  });

  it('§4.3.2 grant_type, username and password are required', async () => {
    for (const name of ['grant_type', 'username', 'password']) {
      const form = new URLSearchParams(PASSWORD_FORM);
      form.delete(name);
      expectRefused(await gate.post(form.toString()), 'invalid_request');
    }
  });

  it('§4.3.2 the client is authenticated before the password is checked', async () => {
    const { users, asked } = aSource();
    const { token } = aGate({ users });
    expectRefused(await token(PASSWORD_FORM, [KEY, WRONG]), 'invalid_client');
    expectRefused(await token(PASSWORD_FORM, null), 'invalid_client');
    expect(asked).toEqual([]);
    expectIssued(await token(PASSWORD_FORM));
  });

  it('§4.3.2 the password of the resource owner is validated', async () => {
    expectIssued(await gate.token(PASSWORD_FORM));
    for (const password of [WRONG, PASSWORD.toUpperCase(), `${PASSWORD} `, PASSWORD.slice(1), JANE[1]]) {
      expectRefused(await gate.token({ ...PASSWORD_FORM, password }), 'invalid_grant');
    }
    expectRefused(await gate.token({ ...PASSWORD_FORM, username: 'nobody@johnsorg' }), 'invalid_grant');
  });

  it('§4.3.2 guesses of a password are limited, so a right one beyond the limit is refused', async () => {
    const { token } = aGate({ throttle: { accountAndAddress: { failures: 2 } } });
    for (const password of [WRONG, 'wronger', PASSWORD]) {
      expectRefused(await token({ ...PASSWORD_FORM, password }), 'invalid_grant');
    }
    expectIssued(await token(passwordForm(JANE)));
  });

  it('§4.3.3 a valid request gets an access token and a refresh token', async () => {
    const { access_token: token, refresh_token: next } = expectIssued(await gate.token(PASSWORD_FORM));
    await gate.get('/orders', token).expect(200);
    expectIssued(await refresh(gate, next));
  });

  it('§4.4 only confidential clients may use the client credentials grant', async () => {
    expectIssued(await gate.token(CLIENT_FORM));
    expectRefused(await ask({ ...CLIENT_FORM, client_id: KEY }), 'invalid_client');
    expectRefused(await ask(CLIENT_FORM, basicHeader(`${KEY}:`)), 'invalid_client');
    const { clientId } = await aPublicApplication(gate);
    expectRefused(await ask({ ...CLIENT_FORM, client_id: clientId }), 'unauthorized_client');
  });

  it('§4.4 the token has the scopes of the application itself and no subject', async () => {
    const form = { ...CLIENT_FORM, scope: 'read update admin' };
    expect(expectIssued(await gate.token(form)).scope).toBe('read');
    const own = aGate(anApplicationWith({ scopes: ['read', 'update'] }));
    const { access_token: token, scope } = expectIssued(await own.token(form));
    expect(scope).toBe('read update');
    await own.put('/orders/1', token).expect(200);
    await own.get('/admin', token).expect(403);
    const { body } = await own.get('/me', token).expect(200);
    expect(body).toMatchObject({ clientId: KEY });
    expect(body).not.toHaveProperty('subject');
  });

  it('§4.4.2 grant_type is required and scope is optional', async () => {
    expect(expectIssued(await gate.token(CLIENT_FORM)).scope).toBe('default');
    const { access_token: token, scope } = expectIssued(await gate.token({ ...CLIENT_FORM, scope: 'read' }));
    expect(scope).toBe('read');
    await gate.get('/orders', token).expect(200);
  });

  it('§4.4.2 the client must authenticate', async () => {
    for (const credentials of [null, [KEY, WRONG], ['nobody', SECRET], [KEY, OTHER[1]]] as const) {
      expectRefused(await gate.token(CLIENT_FORM, credentials), 'invalid_client');
    }
  });

  it('§4.4.3 the response has no refresh token', async () => {
    const issued = expectIssued(await gate.token({ ...CLIENT_FORM, scope: 'read' }));
    expect(Object.keys(issued).toSorted()).toEqual(['access_token', 'expires_in', 'scope', 'token_type']);
    expectRefused(await refresh(gate, issued.access_token), 'invalid_grant');
  });

  it('§4.4.3 an invalid request gets an error response', async () => {
    expectRefused(await gate.token({ ...CLIENT_FORM, scope: 'read\tupdate' }), 'invalid_scope');
    const { token } = aGate(anApplicationWith({ grantTypes: ['password'] }));
    expectRefused(await token(CLIENT_FORM), 'unauthorized_client');
  });

  it('§5.1 the response has access_token, token_type, expires_in and scope', async () => {
    for (const form of [PASSWORD_FORM, { ...CLIENT_FORM, scope: 'read' }]) {
      const { access_token: accessToken, ...issued } = expectIssued(await gate.token(form));
      expect(accessToken).toEqual(expect.any(String));
      expect(issued).toMatchObject({ token_type: 'Bearer', expires_in: 3600, scope: 'read' });
    }
  });

  it('§5.1 the response is one flat JSON object of media type application/json', async () => {
    const answer = await gate.post(PASSWORD_FORM);
    expect(valuesOf(answer, 'content-type')).toEqual([expect.stringMatching(/^application\/json(;|$)/)]);
    for (const [name, value] of Object.entries(JSON.parse(answer.body) as object)) {
      expect([name, typeof value]).toEqual([name, name === 'expires_in' ? 'number' : 'string']);
    }
  });

  it('§5.1 responses with a token must not be cached', async () => {
    const { refresh_token: next } = await gate.signIn();
    for (const form of [PASSWORD_FORM, CLIENT_FORM, { grant_type: 'refresh_token', refresh_token: next }]) {
      const answer = await gate.post(form);
      expectIssued(answer);
      expect(valuesOf(answer, 'cache-control')).toEqual(['no-store']);
      expect(valuesOf(answer, 'pragma')).toEqual(['no-cache']);
    }
  });

  it('§5.1 expires_in is the lifetime of the access token in seconds', async () => {
    const clock = aClock();
    const own = aGate({ clock: clock.now, tokens: { accessTokenLifetime: 100 } });
    const { access_token: token, expires_in: life } = await own.signIn();
    expect(life).toBe(100);
    clock.advance(99.999);
    await own.get('/me', token).expect(200);
    clock.advance(0.001);
    await own.get('/me', token).expect(401);
  });

  it('§5.1 the refresh token obtains access tokens of the same grant', async () => {
    const first = await gate.signIn(JOHN, 'read');
    const second = await refreshed(gate, first);
    const [before, after] = await Promise.all(
      [first, second].map(async ({ access_token: token }) => (await gate.get('/me', token).expect(200)).body as object),
    );
    expect(second.access_token).not.toBe(first.access_token);
    expect(after).toEqual({ ...before, issuedAt: expect.any(Number), expiresAt: expect.any(Number) });
  });

  it('§5.2 invalid_request means a missing, repeated or malformed parameter, or two sets of credentials', async () => {
    const right = encodeForm(PASSWORD_FORM);
    for (const form of [
      { grant_type: 'password' },
      `${right}&scope=read`,
      `${right}&x=%zz`,
      { ...PASSWORD_FORM, client_id: OTHER[0] },
      { ...PASSWORD_FORM, client_secret: SECRET },
    ]) {
      expectRefused(await gate.post(form), 'invalid_request');
    }
  });

  it('§5.2 invalid_client means no client, an unknown client or an unsupported authentication method', async () => {
    for (const headers of [[], [basicHeader(`nobody:${SECRET}`)], ['Authorization: Bearer x']]) {
      expectRefused(await ask(PASSWORD_FORM, ...headers), 'invalid_client', { status: 401 });
    }
  });

  it('§5.2 a client that fails with the Authorization header gets a challenge of the same scheme', async () => {
    const answer = await ask(PASSWORD_FORM, basicHeader(`${KEY}:${WRONG}`));
    expectRefused(answer, 'invalid_client', { status: 401 });
    expect(challengeOf(answer)).toMatchObject({ scheme: 'Basic', parameters: { realm: '127.0.0.1' } });
  });

  it('§5.2 invalid_grant means a wrong password, or a wrong, expired, revoked or foreign refresh token', async () => {
    const clock = aClock();
    const own = aGate({ clock: clock.now, ...withApplications(OTHER), tokens: { refreshTokenLifetime: 100 } });
    const expired = await own.signIn();
    clock.advance(100);
    await own.gate.directory.users.create({ username: 'joan', organization: 'johnsorg', password: PASSWORD });
    const revoked = await own.signIn(['joan@johnsorg', PASSWORD]);
    await own.gate.directory.users.disable('joan@johnsorg');
    const live = await own.signIn();
    expectRefused(await own.token({ ...PASSWORD_FORM, password: WRONG }), 'invalid_grant');
    expectRefused(await refresh(own, 'x'), 'invalid_grant');
    expectRefused(await refresh(own, expired.refresh_token), 'invalid_grant');
    expectRefused(await refresh(own, revoked.refresh_token), 'invalid_grant');
    expectRefused(await refresh(own, live.refresh_token, undefined, OTHER), 'invalid_grant');
    expectIssued(await refresh(own, live.refresh_token));
  });

  it('§5.2 unauthorized_client means a grant type that the client may not use', async () => {
    const { token } = aGate(anApplicationWith({ grantTypes: ['password'] }));
    expect(expectIssued(await token(PASSWORD_FORM))).not.toHaveProperty('refresh_token');
    expectRefused(await token({ grant_type: 'refresh_token', refresh_token: 'x' }), 'unauthorized_client');
  });

  it('§5.2 unsupported_grant_type means a grant type that the server does not support', async () => {
    for (const grantType of ['implicit', 'urn:ietf:params:oauth:grant-type:saml2-bearer', 'constructor']) {
      const form = { ...PASSWORD_FORM, grant_type: grantType, code: 'x', assertion: 'x' };
      expectRefused(await gate.token(form), 'unsupported_grant_type');
    }
  });

  it('§5.2 invalid_scope means an unknown or ungranted scope, if dropping is disabled', async () => {
    const strict = aGate({ ungrantedScopes: 'reject' });
    expectIssued(await strict.token({ ...PASSWORD_FORM, scope: 'read update' }));
    for (const scope of ['read unknown', 'read admin']) {
      expectRefused(await strict.token({ ...PASSWORD_FORM, scope }), 'invalid_scope');
    }
  });

  it('§5.2 an error response is one flat JSON object of media type application/json, and not cached', async () => {
    for (const form of [{}, CLIENT_FORM, PASSWORD_FORM, { ...PASSWORD_FORM, grant_type: 'x' }]) {
      const answer = await ask(form, basicHeader(`${KEY}:${WRONG}`));
      expect(valuesOf(answer, 'content-type')).toEqual([expect.stringMatching(/^application\/json(;|$)/)]);
      expect(valuesOf(answer, 'cache-control')).toEqual(['no-store']);
      expect(JSON.parse(answer.body)).toEqual({ error: expect.any(String), error_description: expect.any(String) });
    }
  });

  it('§6 refresh_token is required', async () => {
    expectRefused(await gate.token({ grant_type: 'refresh_token' }), 'invalid_request');
    expectRefused(await refresh(gate, ''), 'invalid_request');
  });

  it('§6 a scope that was not originally granted is refused, and the refresh token stays valid', async () => {
    const { refresh_token: token } = await gate.signIn(JOHN, 'read');
    for (const scope of ['update', 'read update', 'unknown']) {
      expectRefused(await refresh(gate, token, scope), 'invalid_scope');
    }
    expect(expectIssued(await refresh(gate, token, 'read')).scope).toBe('read');
  });

  it('§6 an omitted scope means the originally granted scope', async () => {
    const issued = await refreshed(gate, await gate.signIn(JOHN, 'read update'));
    expect(issued).toMatchObject({ token_type: 'Bearer', expires_in: 3600, scope: 'read update' });
    await gate.get('/both', issued.access_token).expect(200);
  });

  it('§6 a new refresh token has the full scope of the old one', async () => {
    const narrowed = await refreshed(gate, await gate.signIn(JOHN, 'read update'), 'read');
    expect(narrowed.scope).toBe('read');
    await gate.put('/orders/1', narrowed.access_token).expect(403);
    const whole = await refreshed(gate, narrowed);
    expect(whole.scope).toBe('read update');
    await gate.put('/orders/1', whole.access_token).expect(200);
  });

  it('§6, §10.4 a refresh token is bound to the client to which it was issued', async () => {
    const { keys } = await anotherApplication(gate);
    const { refresh_token: token } = await gate.signIn();
    expectRefused(await refresh(gate, token, undefined, keys), 'invalid_grant');
    expectRefused(await ask({ grant_type: 'refresh_token', refresh_token: token, client_id: KEY }), 'invalid_client');
    expectIssued(await refresh(gate, token));
  });

  it('§7 a resource accepts only a live access token whose scope covers it', async () => {
    const clock = aClock();
    const own = aGate({ clock: clock.now });
    const { access_token: token, refresh_token: notForResources } = await own.signIn(JOHN, 'read');
    await own.get('/orders', token).expect(200);
    await own.put('/orders/1', token).expect(403);
    await own.get('/orders', notForResources).expect(401);
    await own.get('/orders').expect(401);
    clock.advance(3600);
    await own.get('/orders', token).expect(401);
    expect(own.served()).toBe(1);
  });

  it('§7.1 resources accept the token with the token type of the response', async () => {
    const { token_type: type, access_token: token } = (await gate.signIn()) as TokenBody & { token_type: string };
    await gate.get('/me').set('Authorization', `${type} ${token}`).expect(200);
  });

  it('§7.2 a resource returns in "error" why it refused a token', async () => {
    const { access_token: token } = await gate.signIn();
    for (const [text, error] of [
      [token, 'insufficient_scope'],
      ['x', 'invalid_token'],
    ] as const) {
      const answer = await gate.get('/orders', text);
      expect(challengeOf(answer).parameters).toMatchObject({ error });
      expect(answer.body).toMatchObject({ error });
    }
  });

  it('§10.3, §10.4 the stored data reveal no access token and no refresh token', async () => {
    const store = await onRedis();
    const own = aGate(store);
    const first = await own.signIn(JOHN, 'read');
    const second = await refreshed(own, first);
    const stored = await contentsUnder(await testRedis(), store.prefix);
    expect(stored).toContain(grantIdOf(first.access_token)); // the grant id, which is not a secret
    for (const { access_token: access, refresh_token: renew } of [first, second]) {
      for (const form of [access, renew].flatMap(storedFormsOf)) expect(stored).not.toContain(form);
    }
  });

  it('§10.3 an access token cannot be generated or modified by others', async () => {
    const { access_token: token } = await gate.signIn();
    for (let index = 0; index < token.length; index += 1) {
      await gate.get('/me', altered(token, index)).expect(401);
    }
    const { body } = await gate.get('/me', token).expect(200);
    const { grantId } = body as { readonly grantId: GrantId };
    await gate.get('/me', mintAccessToken(grantId).text).expect(401);
  });

  it('§10.3 the granted scope is limited to the scopes of the client', async () => {
    const { signIn } = aGate(anApplicationWith({ scopes: ['read'] }));
    expect((await signIn(JOHN, 'read update')).scope).toBe('read');
  });

  it('§10.4 a refresh token cannot be modified', async () => {
    const { refresh_token: token } = await gate.signIn();
    for (let index = 0; index < token.length; index += 1) {
      expectRefused(await refresh(gate, altered(token, index)), 'invalid_grant');
    }
    expectIssued(await refresh(gate, token));
  });

  it('§10.4 reuse of a refresh token is treated as a breach and ends its grant', async () => {
    const own = aGate({ tokens: { refreshGrace: 0 } });
    const first = await own.signIn();
    const second = await refreshed(own, first);
    expectRefused(await refresh(own, first.refresh_token), 'invalid_grant');
    expectRefused(await refresh(own, second.refresh_token), 'invalid_grant');
    await own.get('/me', second.access_token).expect(401);
  });

  it('§10.8 a refresh token or a password without TLS is refused before it is checked', async () => {
    const own = await aTlsGate();
    const post = (form: TokenForm, ...headers: readonly string[]) =>
      own.post(form, { headers: [FORM_TYPE, APPLICATION_HEADER, ...headers] });
    const renew = (token: string) => ({ grant_type: 'refresh_token', refresh_token: token });
    const { refresh_token: token } = expectIssued(await post(PASSWORD_FORM, ...OVER_TLS));
    for (const text of [token, 'x']) expectRefused(await post(renew(text), OVER_HTTP), 'invalid_request');
    expectRefused(await post({ ...PASSWORD_FORM, password: WRONG }, OVER_HTTP), 'invalid_request');
    expectIssued(await post(renew(token), ...OVER_TLS));
  });

  it('§10.10 tokens and client secrets have more than 160 random bits', async () => {
    const texts: Record<'access' | 'refresh' | 'secret', string[]> = { access: [], refresh: [], secret: [] };
    for (let count = 0; count < 60; count += 1) {
      const { access_token: access, refresh_token: renew } = await gate.signIn();
      const { id, keys } = await anApplication(gate);
      await gate.gate.directory.applications.remove(id); // one owner may have 50
      // The random part: after the prefix and the grant id, and before the checksum.
      texts.access.push(access.slice(20, 63));
      texts.refresh.push(renew.slice(20, 63));
      texts.secret.push(keys[1].slice(4, 47));
    }
    for (const some of Object.values(texts)) {
      const lettersAt = (index: number) => new Set(some.map((text) => text[index])).size;
      const bits = Array.from({ length: 43 }, (_none, index) => Math.log2(lettersAt(index)));
      expect(bits.reduce((sum, more) => sum + more)).toBeGreaterThan(160);
    }
  });

  it('§10.10 user passwords are protected by a limit on failures per address', async () => {
    const { users, asked } = aSource(() => null);
    const { token } = aGate({ users, throttle: { address: { failures: 2 } } });
    for (const name of ['ann', 'bob']) {
      expectRefused(await token(passwordForm([`${name}@johnsorg`, WRONG])), 'invalid_grant');
    }
    expectRefused(await token(passwordForm(['cid@johnsorg', WRONG])), 'invalid_request', { status: 429 });
    expect(asked).toHaveLength(2);
  });

  it('§10.14 hostile parameter values are treated as plain text and never repeated in a response', async () => {
    const hostile = ['"><script>', "' OR '1'='1", 'x\r\nSet-Cookie: a=b', 'x\0y', '{"$gt":""}', '*', '__proto__'];
    for (const value of hostile) {
      for (const name of ['grant_type', 'username', 'password', 'client_id']) {
        const answer = await gate.token({ ...PASSWORD_FORM, [name]: value });
        expectRefused(answer, (answer.body as TokenBody).error, { without: [value] });
      }
      const scoped = await gate.token({ ...PASSWORD_FORM, scope: value });
      expectCleanAnswer(scoped, { status: [200, 400], without: [value] });
      expectRefused(await refresh(gate, value), 'invalid_grant', { without: [value] });
    }
  });

  it('Appendix A.1, Appendix A.2 client_id and client_secret accept all visible characters, and no others', async () => {
    const visible = Array.from({ length: 94 }, (_none, index) => String.fromCharCode(0x21 + index)).join('');
    const [id, secret] = [visible.replace(':', ''), visible]; // a colon ends the id in Basic credentials
    const own = await aServedGate(withApplications([id, secret]));
    const inBody = { ...PASSWORD_FORM, client_id: id, client_secret: secret };
    expectIssued(await own.post(inBody, { headers: [FORM_TYPE] }));
    expectIssued(await own.token(PASSWORD_FORM, [encodeURIComponent(id), encodeURIComponent(secret)]));
    for (const other of ['\x1f', '\x7f', '\xe9', '\u20ac']) {
      for (const changes of [{ client_id: `${id}${other}` }, { client_secret: `${secret}${other}` }]) {
        expectRefused(await own.post({ ...inBody, ...changes }, { headers: [FORM_TYPE] }), 'invalid_request');
      }
    }
  });

  it('Appendix A.4 scope tokens are visible characters except quote and backslash, separated by spaces', async () => {
    const visible = Array.from({ length: 94 }, (_none, index) => String.fromCharCode(0x21 + index)).join('');
    const name = visible.replace(/["\\]/g, '');
    const own = await aServedGate({ scopes: { read: '', update: '', admin: '', [name]: '' } });
    expect(expectIssued(await own.post({ ...PASSWORD_FORM, scope: `read ${name}` })).scope).toBe(`read ${name}`);
    // Surplus spaces violate the grammar but are unambiguous, so they are ignored.
    for (const scope of [' read', 'read ', '  read  ']) {
      expect(expectIssued(await own.post({ ...PASSWORD_FORM, scope })).scope).toBe('read');
    }
    for (const scope of ['read\tupdate', 'a"b', 'a\\b', 'r\xe9ad', 'a\x7f']) {
      expectRefused(await own.post({ ...PASSWORD_FORM, scope }), 'invalid_scope');
    }
  });

  it('Appendix A.7, Appendix A.8 error and error_description are ASCII without quote and backslash', async () => {
    const odd = '"\\\x7f\xe9\u20ac\n';
    for (const name of ['grant_type', 'username', 'password', 'scope', 'client_id', odd]) {
      const { status, body } = await gate.post({ ...PASSWORD_FORM, [name]: odd, password: WRONG });
      expect(status).toBe(400);
      const { error, error_description: described } = JSON.parse(body) as TokenBody;
      for (const text of [error, described]) expect(text).toMatch(/^[\x20\x21\x23-\x5B\x5D-\x7E]+$/);
    }
  });

  it('Appendix A.12, Appendix A.13, Appendix A.14, Appendix A.17 response members match their grammar', async () => {
    const { body } = await gate.post(PASSWORD_FORM);
    const issued = JSON.parse(body) as TokenBody & { readonly token_type: string };
    expect(issued.access_token).toMatch(/^[\x20-\x7E]+$/);
    expect(issued.refresh_token).toMatch(/^[\x20-\x7E]+$/);
    expect(issued.token_type).toMatch(/^[-._0-9A-Za-z]+$/);
    expect(body).toMatch(/"expires_in":[0-9]+[,}]/);
  });

  it('Appendix A.15, Appendix A.16 username and password accept UNICODECHARNOCRLF except tab', async () => {
    const { users, asked } = aSource(() => ({ id: 'john', roles: [] }));
    const own = await aServedGate({ users, throttle: false });
    const text = 'a ~\x80\xfc\u20ac\ud7ff\ue000\ufffd\u{1f511}\u{10ffff}';
    expectIssued(await own.post(passwordForm([`${text}@johnsorg`, text])));
    expect(asked.map(([username, password]) => [username, password])).toEqual([[text, text]]);
    for (const other of ['\t', '\n', '\r', '\0', '\x7f', '\ufffe', '\uffff']) {
      expectRefused(await own.post(passwordForm([`${other}@johnsorg`, text])), 'invalid_request');
      expectRefused(await own.post(passwordForm([`${text}@johnsorg`, other])), 'invalid_request');
    }
    expect(asked).toHaveLength(1);
  });

  it('Appendix B parameter values are form-decoded as UTF-8', async () => {
    const { users, asked } = aSource();
    const own = await aServedGate({ users });
    const form = `gr%61nt_type=password&username=${USERNAME}`;
    expectIssued(await own.post(`${form}&password=+%25%26%2B%C2%A3%E2%82%AC`));
    expectIssued(await own.post(`${form}&pass%77ord=%20%25%26%2b\xc2\xa3\xe2\x82\xac`));
    expect(asked.map(([, password]) => password)).toEqual([' %&+\xa3\u20ac', ' %&+\xa3\u20ac']);
  });

  it('Appendix B values that are not UTF-8 are refused', async () => {
    for (const password of ['%FF', '%C2', '%C0%80', '%ED%A0%80', '\xff', '%']) {
      const form = `grant_type=password&username=${USERNAME}&password=${password}`;
      expectRefused(await gate.post(form), 'invalid_request');
    }
    const headers = ['Content-Type: application/x-www-form-urlencoded; charset=iso-8859-1', APPLICATION_HEADER];
    expectRefused(await gate.post(PASSWORD_FORM, { headers }), 'invalid_request', { status: 415 });
  });
});
