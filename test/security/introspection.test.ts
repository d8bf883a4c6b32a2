import type { RedisLike } from 'scopegate';
import { digestOf, mintClientSecret } from '../../src/protocol/secrets';
import { readTokens } from '../../src/stores/redis/token-scripts';
import { mintProofKey, mintRefreshToken } from '../../src/protocol/secrets';
import { clientToken } from '../support/gate/api-gate';
import { anApplication } from '../support/gate/applications';
import { aClock } from '../support/time/clock';
import { everyStore, onRedis } from '../support/stores/every-store';
import { aGate, APPLICATION, JOHN, type Pair, type TestGate, type TokenBody } from '../support/gate/gate';
import { expectAlive, expectInactive, introspect, introspected, OTHER } from '../support/tokens/grant-endpoints';
import { refusedRequests, RESOURCE_SERVER, revoke, threeApplications } from '../support/tokens/grant-endpoints';
import { expectCleanAnswer } from '../support/expect/clean-answer';
import { exchangeRaw, sendRaw, serve, valuesOf } from '../support/http/raw-http';
import { ownRedis, type OwnRedis } from '../support/redis/redis';
import { aRedis } from '../support/redis/clients';
import { redisWithHook } from '../support/redis/hook';
import { refreshed } from '../support/tokens/refreshing';
import {
  APPLICATION_HEADER,
  aServedGate,
  FORM_TYPE,
  tokenRequest,
  type ServedGate,
} from '../support/tokens/token-requests';
import { grantIdOf, aForgery } from '../support/tokens/tokens';

const KINDS = ['access_token', 'refresh_token'] as const;
const UNAUTHENTICATED = { status: 401, error: 'invalid_client' } as const;
const START = 1_800_000_000;

/** Of John's tokens for `read`. */
const JOHNS = {
  active: true,
  scope: 'read',
  client_id: APPLICATION[0],
  sub: JOHN[0],
  username: JOHN[0],
  organization: 'johnsorg',
  iss: 'http://127.0.0.1',
};

/** Texts that must not count as a live token, although they contain one, name its grant, or are of another kind. */
const strangersOf = ({ access_token: access, refresh_token: refresh }: TokenBody): readonly string[] => [
  'x',
  '\0',
  'ä🔑',
  '{"active":true}',
  `Bearer ${access}`,
  ` ${access}`,
  `${access}A`,
  access.slice(0, -1),
  access.replace('sga_', 'sgr_'),
  refresh.replace('sgr_', 'sga_'),
  access.repeat(200),
  grantIdOf(access),
  digestOf(access),
  aForgery(),
  aForgery(grantIdOf(access)),
  mintRefreshToken(grantIdOf(access), mintProofKey()).text,
  mintClientSecret(),
];

describe.each(everyStore)('introspection over %s', (_name, freshStore) => {
  const clock = aClock();
  beforeEach(() => clock.set(START + 0.75));

  const open = async (overrides: Parameters<typeof aGate>[0] = {}): Promise<TestGate> =>
    aGate({ ...(await freshStore()), ...threeApplications, clock: clock.now, ...overrides });

  it.each([
    ['its own client', APPLICATION],
    ['a resource server of its organization', RESOURCE_SERVER],
  ] as const)(
    'S-228 S-237 in-ok: returns to %s the facts of an access token, and nothing else',
    async (_who, credentials) => {
      const gate = await open({ tokens: { accessTokenLifetime: 100 } });
      const { access_token: token } = await gate.signIn(JOHN, 'read');
      const answer = await introspect(gate, token, { credentials });
      expectCleanAnswer(answer, { status: 200, without: [token, token.slice(4), grantIdOf(token), digestOf(token)] });
      expect(answer.body).toStrictEqual({ ...JOHNS, token_type: 'Bearer', iat: START, exp: START + 100 });
    },
  );

  it('S-228 S-237 returns to a client the facts of its refresh token, without token_type', async () => {
    const gate = await open({ tokens: { refreshTokenLifetime: 1_000 } });
    const { refresh_token: token } = await gate.signIn(JOHN, 'read');
    const answer = await introspect(gate, token);
    expectCleanAnswer(answer, { status: 200, without: [token, token.slice(4), grantIdOf(token), digestOf(token)] });
    expect(answer.body).toStrictEqual({ ...JOHNS, exp: START + 1_000 });
  });

  it("S-238 in-sub: describes a client's own token without sub and username, with any client name", async () => {
    const gate = await open({
      applications: [
        ...threeApplications.applications,
        { name: 'App', consumerKey: JOHN[0], consumerSecret: 'secret' },
      ],
    });
    const credentials: Pair = [JOHN[0], 'secret'];
    const { access_token: token } = await clientToken(gate, credentials, 'read');
    const json = await introspected(gate, token, { credentials });
    const { iss } = JOHNS;
    const expected = { active: true, scope: 'read', client_id: JOHN[0], token_type: 'Bearer', iat: START, iss };
    expect(json).toStrictEqual({ ...expected, exp: START + 3_600 });
  });

  it('S-228 returns the same with every hint, right, wrong, unknown or none', async () => {
    const gate = await open();
    const tokens = await gate.signIn();
    for (const kind of KINDS) {
      const plain = await introspected(gate, tokens[kind]);
      for (const hint of ['access_token', 'refresh_token', 'ACCESS_TOKEN', 'id_token', '"', '\r\n', '__proto__', '']) {
        expect(await introspected(gate, tokens[kind], { hint })).toEqual(plain);
      }
    }
  });

  it('S-229 in-inactive: returns the same few bytes for everything that is not a live token', async () => {
    const gate = await open();
    const [tokens, spent, ended] = [await gate.signIn(), await gate.signIn(), await gate.signIn()];
    await refreshed(gate, spent);
    await revoke(gate, ended.refresh_token).expect(200);
    const elsewhere = await aGate().signIn();
    const inactive = [
      ...strangersOf(tokens),
      spent.refresh_token,
      ...KINDS.flatMap((kind) => [ended[kind], elsewhere[kind]]),
    ];
    for (const token of inactive) {
      for (const hint of KINDS) expectInactive(await introspect(gate, token, { hint }));
    }
    await expectAlive(gate, tokens); // a request with a forgery ends nothing
  });

  it('S-229 S-194 returns inactive from the exact millisecond in which a token expires, like a guard', async () => {
    const gate = await open({ tokens: { accessTokenLifetime: 100, refreshTokenLifetime: 200 } });
    const tokens = await gate.signIn();
    clock.set(START + 100.749);
    await introspected(gate, tokens.access_token);
    await gate.get('/me', tokens.access_token).expect(200);
    clock.advance(0.001);
    expectInactive(await introspect(gate, tokens.access_token));
    await gate.get('/me', tokens.access_token).expect(401);
    clock.set(START + 200.749);
    await introspected(gate, tokens.refresh_token);
    clock.advance(0.001);
    expectInactive(await introspect(gate, tokens.refresh_token));
  });

  it.each([10, 0])('S-229 S-141 treats a replaced access token like a guard does: %i s', async (refreshGrace) => {
    const gate = await open({ tokens: { refreshGrace } });
    const first = await gate.signIn();
    await refreshed(gate, first);
    if (refreshGrace > 0) expect(await introspected(gate, first.access_token)).toHaveProperty('exp', START + 10);
    clock.advance(refreshGrace);
    expectInactive(await introspect(gate, first.access_token));
    await gate.get('/me', first.access_token).expect(401);
  });

  it("S-230 S-240 in-noauth: answers 401 without a client's secret, for any token, and never inactive", async () => {
    const gate = await open({ throttle: false });
    const { id, keys } = await anApplication(gate);
    await gate.gate.directory.applications.disable(id);
    const { access_token: token } = await gate.signIn();
    const wrong: readonly Pair[] = [[APPLICATION[0], 'wrong'], [APPLICATION[0], ''], ['nobody', APPLICATION[1]], keys];
    for (const credentials of [null, ...wrong, [token, ''], [APPLICATION[0], token]] as const) {
      const answers = [token, aForgery(), 'x'].map((asked) => introspect(gate, asked, { credentials }));
      for (const answer of await Promise.all([...answers, gate.postTo('/introspect', {}, credentials)])) {
        expectCleanAnswer(answer, { ...UNAUTHENTICATED, without: ['active', token] });
        expect(answer.headers).toHaveProperty('www-authenticate', 'Basic realm="127.0.0.1", charset="UTF-8"');
      }
    }
  });

  it("S-240 in-self: accepts no Bearer token as client authentication, even a resource server's own", async () => {
    const gate = await open();
    const { access_token: token } = await gate.signIn();
    const { access_token: servers } = await clientToken(gate, RESOURCE_SERVER);
    for (const bearer of [token, servers]) {
      const answer = await introspect(gate, token, { credentials: null }).auth(bearer, { type: 'bearer' });
      expectCleanAnswer(answer, { ...UNAUTHENTICATED, without: ['active'] });
      expect(answer.headers['www-authenticate']).toMatch(/^Basic /);
    }
  });

  it('S-231 in-notallowed: answers for tokens of others byte for byte as for unknown ones', async () => {
    const gate = await open();
    const [tokens, own] = [await gate.signIn(), await clientToken(gate, RESOURCE_SERVER)];
    const seen = async (token: string, credentials: Pair) => {
      const { status, headers, text } = await introspect(gate, token, { credentials });
      const { date: _date, ...others } = headers as Record<string, string>;
      return { status, headers: others, text };
    };
    const nothing = await seen(aForgery(), OTHER);
    expect(nothing.text).toBe('{"active":false}');
    for (const token of [tokens.access_token, tokens.refresh_token, own.access_token]) {
      expect(await seen(token, OTHER)).toEqual(nothing);
    }
    expect(await seen(tokens.refresh_token, RESOURCE_SERVER)).toEqual(nothing);
    expect(await seen(own.access_token, APPLICATION)).toEqual(nothing);
  });

  it('S-236 in-jwt: reads nothing from a structured token', async () => {
    const gate = await open();
    const part = (json: object): string => Buffer.from(JSON.stringify(json)).toString('base64url');
    const claims = {
      active: true,
      sub: JOHN[0],
      client_id: APPLICATION[0],
      iss: JOHNS.iss,
      exp: START * 2,
      scope: 'read',
    };
    for (const head of [{ alg: 'none' }, { alg: 'HS256' }, { alg: 'RS256', jku: 'http://127.0.0.1:1/', kid: '../x' }]) {
      for (const signature of ['', digestOf(APPLICATION[1])]) {
        expectInactive(await introspect(gate, `${part(head)}.${part(claims)}.${signature}`));
      }
    }
  });

  it('S-234 S-175 in-scan: answers 429 after 500 of a thousand unknown tokens, but not for live ones', async () => {
    const gate = await open();
    const { port } = await serve(gate.app);
    const { access_token: token } = await gate.signIn();
    const scan = Buffer.concat(
      Array.from({ length: 1_000 }, (_, index) =>
        tokenRequest({ token: index % 2 === 0 ? aForgery() : `guess${index}` }, { target: '/introspect' }),
      ),
    );
    // On one connection they are decided at the same moment, in whatever order.
    const { responses } = await exchangeRaw(port, scan, { responses: 1_000, deadlineMs: 30_000 });
    const answered = responses.filter(({ status }) => status === 200);
    const refused = responses.filter(({ status }) => status !== 200);
    expect([answered.length, refused.length]).toEqual([500, 500]);
    expect(new Set(answered.map(({ body }) => body))).toEqual(new Set(['{"active":false}']));
    for (const answer of refused) {
      expectCleanAnswer(answer, { status: 429, error: 'invalid_request', without: ['active'] });
      const [seconds] = valuesOf(answer, 'retry-after').map(Number);
      expect(seconds).toBeGreaterThan(0);
      expect(seconds).toBeLessThanOrEqual(60);
    }
    for (let count = 0; count < 3; count += 1) await introspected(gate, token);
    expectInactive(await introspect(gate, aForgery(), { credentials: OTHER })); // another client is not to blame
  });

  it('S-234 counts tokens of others like unknown ones', async () => {
    const gate = await open({ throttle: { unknownTokens: { failures: 2 } } });
    const { access_token: token } = await gate.signIn();
    for (let count = 0; count < 2; count += 1) expectInactive(await introspect(gate, token, { credentials: OTHER }));
    const answer = await introspect(gate, token, { credentials: OTHER });
    expectCleanAnswer(answer, { status: 429, error: 'invalid_request' });
  });
});

describe('introspection on several machines with one Redis', () => {
  it('S-232 in-revoked: returns inactive everywhere after a revocation, however often it returned active', async () => {
    const shared = { ...(await onRedis()), ...threeApplications };
    const gates = [aGate(shared), aGate(shared), aGate(shared)] as const;
    for (const kind of KINDS) {
      const tokens = await gates[0].signIn();
      for (const gate of gates) {
        for (let count = 0; count < 3; count += 1) await expectAlive(gate, tokens);
        await introspected(gate, tokens.access_token, { credentials: RESOURCE_SERVER });
      }
      await revoke(gates[0], tokens[kind]).expect(200);
      const asked = gates.flatMap((gate) => [
        ...KINDS.map((each) => introspect(gate, tokens[each])),
        introspect(gate, tokens.access_token, { credentials: RESOURCE_SERVER }),
      ]);
      for (const answer of await Promise.all(asked)) expectInactive(answer);
    }
  });

  it.each<[string, (own: OwnRedis) => unknown]>([
    ['is dead', (own) => own.stop()],
    ['hangs', (own) => own.pause()],
  ])(
    'S-239 in-storedown: answers 503 with Retry-After when Redis %s, for live tokens and for rubbish',
    async (_how, takeAway) => {
      const own = await ownRedis();
      const gate = aGate({ redis: aRedis({}, own.url), ...threeApplications, deadline: 250 });
      const tokens = await gate.signIn();
      await takeAway(own);
      const texts = [tokens.access_token, tokens.refresh_token, aForgery(), 'x'];
      const asked = [APPLICATION, OTHER, RESOURCE_SERVER].flatMap((credentials) =>
        texts.map((token) => introspect(gate, token, { credentials })),
      );
      for (const answer of await Promise.all(asked)) {
        expectCleanAnswer(answer, { status: 503, error: 'temporarily_unavailable', without: ['active'] });
      }
    },
  );

  it.each(['access_token', 'refresh_token'] as const)(
    'S-239 answers 503 for the %s when the reply to the read is lost, and its repeat succeeds',
    async (kind) => {
      const { redis, ...store } = await onRedis();
      const isLost = ([, script]: readonly unknown[]): boolean => script === readTokens.sha;
      const lossy = redisWithHook(redis as RedisLike & object, isLost, () => Promise.reject(new Error('reset')));
      const tokens = await aGate({ redis, ...store }).signIn();
      const gate = aGate({ redis: lossy, ...store });
      const answer = await introspect(gate, tokens[kind]);
      expectCleanAnswer(answer, { status: 503, error: 'temporarily_unavailable', without: ['active'] });
      await introspected(gate, tokens[kind]);
    },
  );
});

// Both endpoints accept a form from a client under the same rules, so each rule is tested on both.
describe.each(['/revoke', '/introspect'] as const)('a request to %s', (path) => {
  let gate: ServedGate;
  beforeAll(async () => {
    gate = await aServedGate(threeApplications);
  });

  it.each(refusedRequests(path))(
    'S-217 S-233 S-160 S-161 with %s is answered %i, returns nothing and ends nothing',
    async (_what, status, asking) => {
      const tokens = await gate.signIn();
      for (const kind of KINDS) {
        const answer = await sendRaw(gate.port, asking(tokens[kind]));
        expectCleanAnswer(answer, { status, error: 'invalid_request', without: [tokens[kind], 'active'] });
        expect(valuesOf(answer, 'allow')).toEqual(status === 405 ? ['POST'] : []);
      }
      await expectAlive(gate, tokens);
      expect(gate.passed()).toBe(0);
    },
  );

  it('S-002 with HEAD is answered 405', async () => {
    const tokens = await gate.signIn();
    const answer = await gate.post('', { method: 'HEAD', target: `${path}?token=${tokens.access_token}` });
    expect(answer).toMatchObject({ status: 405, body: '' });
    await expectAlive(gate, tokens);
  });

  it('S-028 may have unknown parameters', async () => {
    const { access_token: token } = await gate.signIn();
    const body = `token=${token}&callback=alert&resource=a&resource=b`;
    const answer = await sendRaw(gate.port, tokenRequest(body, { target: `${path}?callback=alert` }));
    expect(answer.status).toBe(200);
    expect(answer.body).toMatch(path === '/revoke' ? /^$/ : /^\{"active":true,/);
  });

  it('S-235 S-160 S-166 is answered with only the necessary headers, and the response must not be stored', async () => {
    const { access_token: token } = await gate.signIn();
    const { headers } = await gate.postTo(path, { token });
    expect(headers).toMatchObject({ 'cache-control': 'no-store', pragma: 'no-cache' });
    expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff' });
    expect(Object.keys(headers).filter((name) => /etag|expires|age|vary|x-powered-by|server/.test(name))).toEqual([]);
  });

  it.each(['https://evil.test', 'null'])('S-168 S-169 from a script of %s gets no CORS permission', async (origin) => {
    const { access_token: token } = await gate.signIn();
    const answers = [null, OTHER, APPLICATION].map((credentials) =>
      gate.postTo(path, { token }, credentials).set('Origin', origin),
    );
    const headers = [`Origin: ${origin}`, 'Access-Control-Request-Method: POST'];
    const preflight = await gate.post('', { method: 'OPTIONS', target: path, headers });
    expectCleanAnswer(preflight, { status: 405, error: 'invalid_request' });
    const names = [
      ...(await Promise.all(answers)).flatMap((answer) => Object.keys(answer.headers)),
      ...preflight.headers.map(([name]) => name),
    ];
    expect(names.filter((name) => /^access-control-/i.test(name))).toEqual([]);
  });

  it('S-032 in plain http from another machine is refused if the issuer is https', async () => {
    const own = await aServedGate({ issuer: 'https://api.example.com' }, { settings: { 'trust proxy': true } });
    const tokens = await own.signIn();
    const elsewhere = 'X-Forwarded-For: 203.0.113.9';
    const by = (...headers: readonly string[]) =>
      own.post({ token: tokens.access_token }, { target: path, headers: [FORM_TYPE, APPLICATION_HEADER, ...headers] });
    expectCleanAnswer(await by(elsewhere), { status: 400, error: 'invalid_request', without: ['203.0.113.9'] });
    await expectAlive(own, tokens);
    expect(await by(elsewhere, 'X-Forwarded-Proto: https')).toMatchObject({ status: 200 });
  });
});
