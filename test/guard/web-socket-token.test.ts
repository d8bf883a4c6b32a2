import { expectCleanAnswer } from '../support/expect/clean-answer';
import { recordedLogger } from '../support/gate/gate';
import { recordEvents } from '../support/gate/recorded-events';
import { aWebSocketGate, HANDSHAKE } from '../support/gate/web-socket-gate';
import { challengeOf } from '../support/http/challenge';
import { aForgery } from '../support/tokens/tokens';

type WebSocketGate = Awaited<ReturnType<typeof aWebSocketGate>>;

describe('the token of a WebSocket handshake', () => {
  let gate: WebSocketGate;
  let token: string;
  beforeAll(async () => {
    gate = await aWebSocketGate();
    ({ access_token: token } = await gate.signIn());
  });

  const offering = (subprotocols: string) => gate.send({ more: [`Sec-WebSocket-Protocol: ${subprotocols}`] });

  it('may be the subprotocol after bearer, wherever that is', async () => {
    for (const list of ['bearer, TOKEN', 'chat, bearer,TOKEN', 'bearer ,\tTOKEN, chat.v2']) {
      expect(await offering(list.replace('TOKEN', token))).toMatchObject({ status: 200 });
    }
    const more = ['Sec-WebSocket-Protocol: chat, bearer', `Sec-WebSocket-Protocol: ${token}`];
    expect(await gate.send({ more })).toMatchObject({ status: 200 });
  });

  it('may be in the Authorization header, as everywhere', async () => {
    const more = [`Authorization: Bearer ${token}`];
    expect(await gate.send({ more })).toMatchObject({ status: 200 });
    expect(await gate.send({ more: [...more, 'Sec-WebSocket-Protocol: chat'] })).toMatchObject({ status: 200 });
  });

  it('has the rights that the same token has in the header', async () => {
    const answer = await offering(`bearer, ${token}`);
    expect(JSON.parse(answer.body)).toMatchObject({ clientId: 'key', scopes: ['read'] });
    const { access_token: without } = await gate.signIn('count');
    expect(await offering(`bearer, ${without}`)).toMatchObject({ status: 403 });
  });

  it('is refused with 401 if it is unknown or absent', async () => {
    expectCleanAnswer(await offering(`bearer, ${aForgery()}`), { status: 401, from: 'guard', error: 'invalid_token' });
    for (const list of ['chat', 'chat, v2', 'not-bearer, x']) {
      const answer = await offering(list);
      expectCleanAnswer(answer, { status: 401, from: 'guard' });
      expect(challengeOf(answer).parameters).not.toHaveProperty('error');
    }
  });

  it.each([
    ['nothing after bearer', () => 'chat, bearer'],
    ['an empty element after bearer', () => 'bearer, , chat'],
    ['bytes that no token has', () => 'bearer, a"b'],
    ['bearer twice', () => `bearer, ${token}, bearer, ${token}`],
    ['bearer in upper case, which a client would not accept as an answer', () => `Bearer, ${token}`],
  ])('is refused with 400 if the subprotocols have %s', async (_what, list) => {
    expectCleanAnswer(await offering(list()), { status: 400, from: 'guard', error: 'invalid_request' });
  });

  it('S-207 is refused with 400 if it comes in two ways, even if both are the same token', async () => {
    const subprotocols = `Sec-WebSocket-Protocol: bearer, ${token}`;
    for (const more of [
      [subprotocols, `Authorization: Bearer ${token}`],
      [subprotocols, 'Authorization: Bearer a b'],
    ]) {
      expectCleanAnswer(await gate.send({ more }), { status: 400, from: 'guard', error: 'invalid_request' });
    }
    const twice = { first: 'GET /orders/?access_token=x HTTP/1.1', more: [subprotocols] };
    expectCleanAnswer(await gate.send(twice), { status: 400, from: 'guard', error: 'invalid_request' });
  });

  it('may be accompanied by another scheme of Authorization, which browsers add by themselves', async () => {
    const more = [`Sec-WebSocket-Protocol: bearer, ${token}`, 'Authorization: Basic a2V5OnNlY3JldA=='];
    expect(await gate.send({ more })).toMatchObject({ status: 200 });
  });

  const [host, connection, upgrade, ...others] = HANDSHAKE;

  it.each([
    ['without Upgrade', { fields: [host, connection, ...others] }],
    ['with an upgrade to another protocol', { fields: [host, connection, 'Upgrade: h2c', ...others] }],
    ['whose Connection does not name it', { fields: [host, 'Connection: keep-alive', upgrade, ...others] }],
    ['of HTTP/1.0', { first: 'GET /orders/ HTTP/1.0' }],
    ['with HEAD', { first: 'HEAD /orders/ HTTP/1.1' }],
  ])('is ignored in the subprotocols of a request %s', async (_what, lines) => {
    const more = [`Sec-WebSocket-Protocol: bearer, ${token}`];
    expect(await gate.send({ ...lines, more })).toMatchObject({ status: 401 });
    expect(await gate.send({ ...lines, more: [...more, `Authorization: Bearer ${token}`] })).toMatchObject({
      status: 200,
    });
  });

  it('S-207 is ignored in the subprotocols at an API without WebSockets, and outside of APIs', async () => {
    const more = [`Sec-WebSocket-Protocol: bearer, ${token}`];
    for (const path of ['/stock/', '/me']) {
      const first = `GET ${path} HTTP/1.1`;
      expect(await gate.send({ first, more })).toMatchObject({ status: 401 });
      expect(await gate.send({ first, more: [...more, `Authorization: Bearer ${token}`] })).toMatchObject({
        status: 200,
      });
    }
  });

  it('is accepted by the guards of single routes of the API too', async () => {
    const app = await aWebSocketGate();
    app.app.get('/single', app.gate.api('orders').requireToken(), (_request, response) => void response.end());
    const { access_token: other } = await app.signIn();
    const more = [`Sec-WebSocket-Protocol: bearer, ${other}`];
    expect(await app.send({ first: 'GET /single HTTP/1.1', more })).toMatchObject({ status: 200 });
  });

  it('is not in any log line or event', async () => {
    const { logger, lines } = recordedLogger();
    const logged = await aWebSocketGate({ logger });
    const denied = recordEvents(logged.gate);
    const canary = aForgery();
    await logged.send({ more: [`Sec-WebSocket-Protocol: bearer, ${canary}`] });
    await logged.send({ more: [`Sec-WebSocket-Protocol: bearer, bearer, ${canary}`] });
    expect(denied).toHaveLength(2);
    expect(JSON.stringify([lines, denied])).not.toContain(canary.slice(20));
  });
});
