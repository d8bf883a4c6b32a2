import type express from 'express';
import request from 'supertest';
import { mintGrantId, mintTicket } from '../../src/protocol/secrets';
import type { TokenBody } from '../support/gate/gate';
import { JOHN, recordedLogger } from '../support/gate/gate';
import { recordEvents } from '../support/gate/recorded-events';
import { aWebSocketGate } from '../support/gate/web-socket-gate';
import { anApiGate } from '../support/gate/api-gate';
import { expectCleanAnswer } from '../support/expect/clean-answer';
import { challengeOf } from '../support/http/challenge';
import { rawRequest, sendRaw } from '../support/http/raw-http';
import { ownRedis, randomPrefix, testRedis } from '../support/redis/redis';
import { aClock } from '../support/time/clock';
import { aForgery } from '../support/tokens/tokens';

type Options = Parameters<typeof aWebSocketGate>[0];

const open = async (options: Options = {}) => {
  const clock = aClock();
  const gate = await aWebSocketGate({ clock: clock.now, ...options });
  const tokens: TokenBody = await gate.signIn();
  const post = (token?: string) => gate.post('/ws-ticket', token);
  const ticketOf = async (token: string): Promise<string> => {
    const { body } = await post(token).expect(200);
    return (body as { readonly ticket: string }).ticket;
  };
  /** Opens a WebSocket with a query. */
  const opening = (query: string, more: readonly string[] = []) =>
    gate.send({ first: `GET /orders/?${query} HTTP/1.1`, more });
  return { ...gate, clock, tokens, token: tokens.access_token, post, ticketOf, opening };
};

describe.each([
  ['memory', async (): Promise<Options> => ({})],
  ['Redis', async (): Promise<Options> => ({ redis: await testRedis(), prefix: randomPrefix() })],
])('a ticket for a WebSocket handshake, in %s', (name, store) => {
  it('is issued for an access token, and opens one WebSocket with the rights of that token', async () => {
    const { post, opening, token } = await open(await store());
    const answer = await post(token);
    const { ticket, ...rest } = expectCleanAnswer(answer, { status: 200, from: 'endpoint' });
    expect(ticket).toMatch(/^sgw_[\w-]{65}$/);
    expect(rest).toEqual({ expires_in: 30 });
    const opened = await opening(`ticket=${String(ticket)}`);
    expect(JSON.parse(opened.body)).toMatchObject({ clientId: 'key', scopes: ['read'] });
    expect(await opening(`ticket=${String(ticket)}`)).toMatchObject({ status: 401 });
  });

  it('opens one of many handshakes that are sent together', async () => {
    const { ticketOf, opening, token } = await open(await store());
    const ticket = await ticketOf(token);
    const answers = await Promise.all(Array.from({ length: 10 }, () => opening(`ticket=${ticket}`)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(9);
  });

  it('is refused 30 seconds after it was issued', async () => {
    const { clock, ticketOf, opening, token } = await open(await store());
    const [early, late] = [await ticketOf(token), await ticketOf(token)];
    clock.advance(29.999);
    expect(await opening(`ticket=${early}`)).toMatchObject({ status: 200 });
    clock.advance(0.001);
    expectCleanAnswer(await opening(`ticket=${late}`), { status: 401, from: 'guard', error: 'invalid_token' });
  });

  it('is refused if its token was revoked or has expired meanwhile', async () => {
    const { clock, gate, ticketOf, opening, tokens, token, signIn } = await open(await store());
    const expiring = await ticketOf(token);
    clock.advance(tokens.expires_in - 10);
    const stale = await ticketOf(token);
    clock.advance(10);
    expect(await opening(`ticket=${stale}`)).toMatchObject({ status: 401 });
    expect(await opening(`ticket=${expiring}`)).toMatchObject({ status: 401 });
    const revoked = await ticketOf((await signIn()).access_token);
    await gate.tokens.revoke({ user: JOHN[0] });
    expect(await opening(`ticket=${revoked}`)).toMatchObject({ status: 401 });
  });

  it('is refused with 429 after 100 were issued for the grant, until the first expires', async () => {
    const { clock, post, ticketOf, token, signIn } = await open(await store());
    for (let count = 0; count < 100; count += 1) await ticketOf(token);
    const answer = await post(token);
    expectCleanAnswer(answer, { status: 429, from: 'endpoint', error: 'invalid_request' });
    expect(answer.headers['retry-after']).toBe('30');
    await ticketOf((await signIn()).access_token);
    clock.advance(30);
    if (name === 'memory') await ticketOf(token); // Redis expires the counter by itself
  });
});

describe('a handshake with a ticket', () => {
  let gate: Awaited<ReturnType<typeof open>>;
  beforeAll(async () => {
    gate = await open();
  });

  it('spends the ticket even if it is then refused', async () => {
    const { access_token: token } = await gate.signIn('count');
    const ticket = await gate.ticketOf(token);
    expect(await gate.opening(`ticket=${ticket}`)).toMatchObject({ status: 403 });
    expect(await gate.opening(`ticket=${ticket}`)).toMatchObject({ status: 401 });
  });

  it.each([
    ['the token in the header', (token: string) => [`Authorization: Bearer ${token}`]],
    ['the token in the subprotocols', (token: string) => [`Sec-WebSocket-Protocol: bearer, ${token}`]],
  ])('is refused with 400 if it also has %s, and does not spend the ticket', async (_what, more) => {
    const ticket = await gate.ticketOf(gate.token);
    const answer = await gate.opening(`ticket=${ticket}`, more(gate.token));
    expectCleanAnswer(answer, { status: 400, from: 'guard', error: 'invalid_request' });
    expect(await gate.opening(`ticket=${ticket}`)).toMatchObject({ status: 200 });
  });

  it.each([
    ['two tickets', (ticket: string) => `ticket=${ticket}&ticket=${ticket}`],
    ['one with an escaped name', (ticket: string) => `ticket=${ticket}&%74icket=${ticket}`],
    ['an empty one beside it', (ticket: string) => `ticket=${ticket}&ticket=`],
    ['a token in the URL', (ticket: string) => `ticket=${ticket}&access_token=x`],
  ])('is refused with 400 if it has %s', async (_what, queryOf) => {
    const ticket = await gate.ticketOf(gate.token);
    expect(await gate.opening(queryOf(ticket))).toMatchObject({ status: 400 });
  });

  it.each([
    ['empty', ''],
    ['an access token', aForgery()],
    ['a forgery', aForgery().replace('sga_', 'sgw_')],
    ['a forgery with a valid checksum', mintTicket(mintGrantId()).text],
    ['malformed', '%zz'],
  ])('is refused with 401 if the ticket is %s', async (_what, ticket) => {
    expect(await gate.opening(`ticket=${ticket}`)).toMatchObject({ status: 401 });
  });

  it('passes several guards of its API with one ticket, and no further request does', async () => {
    const api = gate.gate.api('orders');
    gate.app.get('/twice', api.requireToken(), api.requireScope('read'), (_request, response) => void response.end());
    const first = `GET /twice?ticket=${await gate.ticketOf(gate.token)} HTTP/1.1`;
    expect(await gate.send({ first })).toMatchObject({ status: 200 });
    expect(await gate.send({ first })).toMatchObject({ status: 401 });
  });

  it('is refused by the second of several guards if its token was revoked before', async () => {
    const api = gate.gate.api('orders');
    const { access_token: token } = await gate.signIn();
    const revoke: express.RequestHandler = (_request, _response, next) =>
      void gate.gate.tokens.revoke({ token }).then(() => next());
    gate.app.get('/revoking', api.requireToken(), revoke, api.requireScope('read'), (_request, response) => {
      response.end();
    });
    const ticket = await gate.ticketOf(token);
    expect(await gate.send({ first: `GET /revoking?ticket=${ticket} HTTP/1.1` })).toMatchObject({ status: 401 });
  });

  it('is refused with 401 if the ticket is a live access token', async () => {
    expect(await gate.opening(`ticket=${gate.token}`)).toMatchObject({ status: 401 });
  });

  it('S-207 is the only request that spends a ticket', async () => {
    const ticket = await gate.ticketOf(gate.token);
    await request(gate.url).get(`/orders/?ticket=${ticket}`).expect(401);
    await request(gate.url).get(`/orders/?ticket=${ticket}`).auth(gate.token, { type: 'bearer' }).expect(200);
    expect(await gate.send({ first: `GET /stock/?ticket=${ticket} HTTP/1.1` })).toMatchObject({ status: 401 });
    expect(await gate.send({ first: `GET /orders/open?ticket=${ticket} HTTP/1.1` })).toMatchObject({ status: 200 });
    expect(await gate.opening(`ticket=${ticket}`)).toMatchObject({ status: 200 });
  });
});

describe('the endpoint for tickets', () => {
  let gate: Awaited<ReturnType<typeof open>>;
  beforeAll(async () => {
    gate = await open({ cors: { origins: ['https://app.example'] } });
  });

  it('challenges a request without a token, and one with an invalid token', async () => {
    const without = await gate.post();
    expectCleanAnswer(without, { status: 401, from: 'endpoint', error: 'invalid_token' });
    expect(challengeOf(without)).toMatchObject({ scheme: 'Bearer', parameters: { realm: expect.any(String) } });
    expect(challengeOf(without).parameters).not.toHaveProperty('error');
    const invalid = await gate.post(aForgery());
    expectCleanAnswer(invalid, { status: 401, from: 'endpoint', error: 'invalid_token' });
    expect(challengeOf(invalid).parameters).toMatchObject({ error: 'invalid_token' });
    await gate.post(gate.tokens.refresh_token).expect(401);
    await gate.post(await gate.ticketOf(gate.token)).expect(401);
  });

  it('accepts no token elsewhere, no body, and no method but POST', async () => {
    const post = (path: string) => request(gate.url).post(path);
    await post(`/ws-ticket?access_token=${gate.token}`).expect(400);
    await post('/ws-ticket').type('form').send({ access_token: gate.token }).expect(400);
    await post('/ws-ticket').auth(gate.token, { type: 'bearer' }).send({}).expect(400);
    const { port } = new URL(gate.url);
    const chunked = ['POST /ws-ticket HTTP/1.1', 'Host: x', `Authorization: Bearer ${gate.token}`];
    const bytes = Buffer.concat([rawRequest([...chunked, 'Transfer-Encoding: chunked']), Buffer.from('0\r\n\r\n')]);
    expect(await sendRaw(Number(port), bytes)).toMatchObject({ status: 400 });
    const twice = rawRequest([...chunked, `Authorization: Bearer ${gate.token}`]);
    expect(await sendRaw(Number(port), twice)).toMatchObject({ status: 400 });
    const answer = await request(gate.url).get('/ws-ticket').auth(gate.token, { type: 'bearer' });
    expectCleanAnswer(answer, { status: 405, from: 'endpoint' });
    expect(answer.headers['allow']).toBe('POST');
  });

  it('may be used by scripts of allowed origins', async () => {
    const preflight = await request(gate.url)
      .options('/ws-ticket')
      .set({ Origin: 'https://app.example', 'Access-Control-Request-Method': 'POST' })
      .set('Access-Control-Request-Headers', 'authorization');
    expect(preflight.status).toBe(204);
    expect(preflight.headers['access-control-allow-headers']).toMatch(/authorization/i);
    const answer = await gate.post(gate.token).set('Origin', 'https://app.example');
    expect(answer.headers['access-control-allow-origin']).toBe('https://app.example');
  });

  it('is mounted only if an API has WebSockets and the path is not false', async () => {
    await anApiGate().post('/ws-ticket').expect(404);
    const { post, signIn } = await aWebSocketGate({ paths: { webSocketTicket: '/tickets' } });
    const { access_token: token } = await signIn();
    await post('/ws-ticket', token).expect(404);
    await post('/tickets', token).expect(200);
    await (await aWebSocketGate({ paths: { webSocketTicket: false } })).post('/ws-ticket').expect(404);
  });

  it('answers 503 while the store is away', async () => {
    const server = await ownRedis();
    const redis = await server.client();
    const { post, opening, ticketOf, token } = await open({ redis, prefix: randomPrefix(), deadline: 500 });
    const ticket = await ticketOf(token);
    await server.stop();
    expectCleanAnswer(await post(token), { status: 503, from: 'endpoint', error: 'temporarily_unavailable' });
    expectCleanAnswer(await opening(`ticket=${ticket}`), { status: 503, from: 'guard' });
    redis.disconnect();
    await server.close();
  });

  it('emits why it refuses, with the client if that is known, and no ticket or token', async () => {
    const { logger, lines } = recordedLogger();
    const { gate: emitting, post, opening, ticketOf, token } = await open({ logger });
    const events = recordEvents(emitting);
    await post(aForgery()).expect(401);
    for (let count = 0; count < 100; count += 1) await ticketOf(token);
    await post(token).expect(429);
    const denied = { type: 'deny', place: 'webSocketTicket' };
    expect(events).toMatchObject([
      { ...denied, status: 401, reason: 'invalid_token' },
      { ...denied, status: 429, reason: 'invalid_request', clientId: 'key' },
    ]);
    const canary = aForgery().replace('sga_', 'sgw_');
    await opening(`ticket=${canary}`);
    expect(JSON.stringify([lines, events])).not.toContain(canary.slice(20));
    expect(JSON.stringify([lines, events])).not.toContain(token);
  });
});
