import express from 'express';
import request, { type Response } from 'supertest';
import { aClock } from '../support/time/clock';
import { aGate, APPLICATION, gateOptions, recordedLogger, type TestGate } from '../support/gate/gate';
import { expectCleanAnswer } from '../support/expect/clean-answer';
import { rawRequest, sendRaw, serve } from '../support/http/raw-http';
import { ownRedis } from '../support/redis/redis';
import { refreshForm } from '../support/tokens/forms';
import { PASSWORD_FORM } from '../support/tokens/token-requests';

const wrongPassword = { ...PASSWORD_FORM, password: 'wrong' };

const withGrantTypes = (grantTypes: readonly 'password'[]) => {
  const { applications = [] } = gateOptions(recordedLogger().logger);
  return { applications: applications.map((application) => ({ ...application, grantTypes })) };
};

/** A gate whose Redis is unavailable. */
const withoutRedis = async (): Promise<TestGate> => {
  const server = await ownRedis();
  const redis = await server.client();
  const gate = aGate({ redis });
  await gate.gate.ready();
  redis.disconnect();
  await server.stop();
  return gate;
};

/** A gate with an unexpected fault in the middle of a request. */
const withBrokenClock = (): TestGate => {
  const clock = aClock();
  let broken = false;
  const gate = aGate({
    clock: () => {
      if (broken) throw new TypeError('Cannot read properties of undefined (reading /srv/app/clock.js)');
      return clock.now();
    },
  });
  broken = true;
  return gate;
};

type Ask = () => Promise<Response>;

/** One of each kind of answer of the token endpoint: what it is, its status, its code, and how to get it. */
const answers: readonly (readonly [string, number, string | undefined, Ask])[] = [
  ['a token', 200, undefined, async () => aGate().token(PASSWORD_FORM)],
  ['a missing parameter', 400, 'invalid_request', async () => aGate().token({ grant_type: 'password' })],
  ['no grant type', 400, 'invalid_request', async () => aGate().token({})],
  ['another grant type', 400, 'unsupported_grant_type', async () => aGate().token({ grant_type: 'implicit' })],
  ['a wrong password', 400, 'invalid_grant', async () => aGate().token(wrongPassword)],
  ['a wrong refresh token', 400, 'invalid_grant', async () => aGate().token(refreshForm('x'))],
  ['a wrong scope', 400, 'invalid_scope', async () => aGate().token({ ...PASSWORD_FORM, scope: 'a"b' })],
  [
    'a grant type that the client may not use',
    400,
    'unauthorized_client',
    async () => aGate(withGrantTypes(['password'])).token(refreshForm('x')),
  ],
  ['a wrong client', 401, 'invalid_client', async () => aGate().token(PASSWORD_FORM, ['key', 'wrong'])],
  ['no client', 401, 'invalid_client', async () => aGate().token(PASSWORD_FORM, null)],
  ['another method', 405, 'invalid_request', async () => request(aGate().app).get('/token')],
  ['too large a body', 413, 'invalid_request', async () => aGate().token({ a: 'a'.repeat(40_000) })],
  ['another media type', 415, 'invalid_request', async () => request(aGate().app).post('/token').send({ a: 1 })],
  [
    'too many failures',
    429,
    'invalid_request',
    async () => {
      const gate = aGate({ throttle: { address: { failures: 1, window: 60 } } });
      await gate.token(wrongPassword);
      return gate.token(wrongPassword);
    },
  ],
  ['an unexpected fault', 500, 'server_error', async () => withBrokenClock().token(PASSWORD_FORM)],
  ['an unavailable store', 503, 'temporarily_unavailable', async () => (await withoutRedis()).token(PASSWORD_FORM)],
  [
    'users that fail',
    503,
    'temporarily_unavailable',
    async () => {
      const users = () => Promise.reject(new Error('connect ECONNREFUSED 10.1.2.3:5432 at /srv/app/users.js'));
      return aGate({ users }).token(PASSWORD_FORM);
    },
  ],
];

describe('the token endpoint', () => {
  it.each(answers)(
    'S-160 S-161 S-162 S-164 answers %s with %d %s, in JSON that is not stored and reveals nothing internal',
    async (_name, status, error, ask) => {
      const answer = await ask();
      const json = expectCleanAnswer(answer, {
        status,
        ...(error === undefined ? {} : { error }),
        without: ['10.1.2.3', '/srv/app'],
      });
      const members = Object.keys(json).sort();
      expect(members).toEqual(
        error === undefined
          ? ['access_token', 'expires_in', 'refresh_token', 'scope', 'token_type']
          : ['error', 'error_description'],
      );
    },
  );

  it('S-163 omits fields without a value, and sends numbers as integers', async () => {
    const { body } = await aGate({
      ...withGrantTypes(['password']),
      clock: () => 1_800_000_000.123,
      tokens: { accessTokenLifetime: 1 },
    }).token({ ...PASSWORD_FORM, scope: '' });
    expect(body).toEqual({
      access_token: expect.any(String),
      token_type: 'Bearer',
      expires_in: 1,
      scope: 'default',
    });
  });

  it('S-165 describes errors in the characters of RFC 6749, whatever was sent', async () => {
    const gate = aGate();
    const hostile = ['"', '\\', '\r\nX: y', '\u0000', 'ä', '\u2028', '<script>', '🔑', '\u001B[31m', '%0a'];
    for (const text of hostile) {
      const forms = [
        { grant_type: text },
        { ...PASSWORD_FORM, username: `u${text}` },
        { ...PASSWORD_FORM, password: text },
        { ...PASSWORD_FORM, scope: `s${text}` },
        refreshForm(text),
        { [text]: text },
      ];
      for (const form of forms) {
        const answer = await gate.token(form);
        expectCleanAnswer(answer, { status: [200, 400], from: 'endpoint' });
        if (answer.status === 400)
          expect(answer.text).not.toContain(text === '"' || text === '\\' ? `\\${text}` : text);
      }
      const answer = await gate.token({ ...PASSWORD_FORM, client_id: text, client_secret: text }, null);
      expectCleanAnswer(answer, { status: [400, 401] });
    }
  });

  it('S-166 sends no header that identifies the server software, and no ETag', async () => {
    for (const answer of [await aGate().token(PASSWORD_FORM), await aGate().token({})]) {
      expect(Object.keys(answer.headers).sort()).toEqual([
        'cache-control',
        'connection',
        'content-length',
        'content-type',
        'date',
        'pragma',
        'x-content-type-options',
      ]);
    }
  });

  it('S-167 closes the connection instead of adding to a response that other code has begun', async () => {
    const { gate } = aGate();
    const app = express();
    app.use((_request, response, next) => {
      response.writeHead(200, { 'Content-Type': 'text/plain' });
      response.write('begun');
      next();
    }, gate.routes());
    const { port } = await serve(app);
    const lines = ['POST /token HTTP/1.1', 'Host: x', 'Content-Type: application/x-www-form-urlencoded'];
    const { closed, leftover } = await sendRaw(port, rawRequest(lines, 'grant_type=password')).catch(
      (error: unknown) => ({ closed: true, leftover: String(error) }),
    );
    expect(closed).toBe(true);
    expect(leftover).toContain('begun');
    expect(leftover).not.toMatch(/invalid_request|HTTP\/1\.1 4|\\r\\n0\\r\\n/);
  });

  it.each(['https://evil.test', 'null'])('S-168 gives no CORS permission to scripts from %s', async (origin) => {
    const gate = aGate();
    for (const form of [PASSWORD_FORM, {}]) {
      const { headers } = await gate.token(form).set('Origin', origin);
      expect(Object.keys(headers).filter((name) => name.startsWith('access-control-'))).toEqual([]);
    }
  });

  it('S-169 answers a preflight with 405 without a look-up, and leaves CORS to the host', async () => {
    const gate = await withoutRedis();
    const preflight = (app: express.Express) =>
      request(app).options('/token').set('Origin', 'https://evil.test').set('Access-Control-Request-Method', 'POST');
    const answer = await preflight(gate.app);
    expectCleanAnswer(answer, { status: 405, error: 'invalid_request' });
    expect(answer.headers).toMatchObject({ allow: 'POST' });
    expect(answer.headers).not.toHaveProperty('access-control-allow-origin');

    const host = express().options('/token', (_request, response) => void response.status(204).end());
    await preflight(host.use(gate.app)).expect(204);
  });

  it('S-175 sends Retry-After after too many failures, whether the password is right or wrong', async () => {
    const gate = aGate({ throttle: { address: { failures: 2, window: 60 } } });
    await gate.token(wrongPassword).expect(400);
    await gate.token({ ...wrongPassword, username: 'nobody@johnsorg' }).expect(400);
    const refused = await Promise.all([gate.token(wrongPassword), gate.token(PASSWORD_FORM)]);
    for (const answer of refused) {
      expectCleanAnswer(answer, { status: 429, error: 'invalid_request' });
      const { 'retry-after': seconds } = answer.headers as Record<string, string>;
      expect(Number(seconds)).toBeGreaterThan(0);
      expect(Number(seconds)).toBeLessThanOrEqual(60);
    }
    expect(new Set(refused.map(({ text }) => text)).size).toBe(1);
  });

  it('S-176 ignores ranges, conditions, accepted types and encodings', async () => {
    const answer = await aGate().token(PASSWORD_FORM).set({
      Range: 'bytes=0-10',
      'If-None-Match': '*',
      'If-Modified-Since': 'Mon, 01 Jan 2035 00:00:00 GMT',
      Accept: 'text/html',
      'Accept-Encoding': 'gzip, br, deflate',
    });
    expectCleanAnswer(answer, { status: 200 });
    expect(answer.headers).not.toHaveProperty('content-encoding');
    expect(answer.body).toHaveProperty('access_token');
  });
});

describe('an error while a response is created', () => {
  it('S-164 is logged with its type, and without its message', async () => {
    const broken = withBrokenClock();
    await broken.token({ ...PASSWORD_FORM, client_id: APPLICATION[0] });
    const errors = broken.lines.filter(({ level }) => level === 'error');
    expect(errors).toHaveLength(1);
    expect(errors[0]).toMatchObject({ fields: { error: 'TypeError' } });
    expect(JSON.stringify(errors)).not.toContain('/srv/app/clock.js');
  });
});
