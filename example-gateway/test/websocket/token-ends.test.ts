import { ownRedis, randomPrefix, redisAddress } from '../../../test/support/redis/redis';
import { measureStalls } from '../../../test/support/time/stalls';
import { until } from '../../../test/support/time/waiting';
import type { TestGateway } from '../support/gateway';
import { RawClient } from '../support/raw-client';
import { anUpstream } from '../support/upstream';
import {
  closeCodeOf,
  framesOf,
  gatewayTo,
  handshakeWith,
  maskedTextFrame,
  openedClient,
  textFrame,
} from '../support/web-socket';
import { webSocketUpstream, type WebSocketUpstream } from '../support/web-socket-upstream';

/** The promise of the gate on one Redis, and the second that the gateway leaves the client to close. */
const REVOCATION_BOUND_MS = 50;
const CLOSE_MS = 1_000;

const withToken = (token: string): string => handshakeWith({ Authorization: `Bearer ${token}` });

const revoke = async (gateway: TestGateway, token: string): Promise<void> => {
  expect((await gateway.post('/revoke', { token })).status).toBe(200);
};

/** The ticket in exchange for a token. */
const ticketFor = async (gateway: TestGateway, token: string): Promise<string> => {
  const answer = await fetch(`${gateway.url}/ws-ticket`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${token}` },
  });
  expect(answer.status).toBe(200);
  return ((await answer.json()) as { readonly ticket: string }).ticket;
};

describe('a WebSocket whose token ends', () => {
  let upstream: WebSocketUpstream;

  beforeAll(async () => {
    upstream = await webSocketUpstream();
  });

  it('is closed with 1008 within the bound of a revocation by another gateway, and others stay open', async () => {
    const keys = { prefix: randomPrefix() };
    const gateway = await gatewayTo(upstream.url, { redis: redisAddress(), keys });
    const other = await gatewayTo(upstream.url, { redis: redisAddress(), keys });
    const [token, kept] = [await gateway.token('read'), await gateway.token('read')];
    const client = await openedClient(gateway, withToken(token));
    const side = upstream.last();
    const staying = await openedClient(gateway, withToken(kept));
    const stayingSide = upstream.last();
    await revoke(other, token);
    const revoked = performance.now();
    const { stalledMs } = await measureStalls(() => until(() => closeCodeOf(framesOf(client)) === 1008));
    expect(performance.now() - revoked - stalledMs).toBeLessThan(REVOCATION_BOUND_MS + 100);
    client.write(maskedTextFrame('too late'));
    await client.waitForEnd();
    expect(performance.now() - revoked - stalledMs).toBeLessThan(REVOCATION_BOUND_MS + CLOSE_MS + 500);
    await until(() => side.isEnded());
    expect(side.received()[0]).toBe(0x88);
    expect(side.received().toString('latin1')).not.toContain('too late');
    staying.write(maskedTextFrame('still'));
    await until(() => stayingSide.receivedLength() > 0);
    expect(staying.isEnded).toBe(false);
  });

  it('is closed in the middle of a frame that does not end, within the same time', async () => {
    const gateway = await gatewayTo(upstream.url);
    const token = await gateway.token('read');
    const client = await openedClient(gateway, withToken(token));
    upstream.last().socket.write(textFrame('never whole').subarray(0, 4));
    await until(() => framesOf(client).length === 4);
    await revoke(gateway, token);
    await client.waitForEnd();
    expect(framesOf(client)).toHaveLength(4);
  });

  it('is closed with 1008 when the token expires', async () => {
    const gateway = await gatewayTo(upstream.url, { keys: { tokens: { accessTokenLifetime: 1 } } });
    const client = await openedClient(gateway, withToken(await gateway.token('read')));
    await client.waitForEnd();
    expect(closeCodeOf(framesOf(client))).toBe(1008);
    expect(framesOf(client).toString('latin1')).toContain('expired');
  });

  it('is closed with 1013 when the token cannot be checked because Redis is away', async () => {
    const redis = await ownRedis();
    const gateway = await gatewayTo(upstream.url, { redis: redis.url, keys: { prefix: randomPrefix() } });
    const client = await openedClient(gateway, withToken(await gateway.token('read')));
    const stayingPublic = await openedClient(gateway);
    await redis.stop();
    await client.waitForEnd();
    expect(closeCodeOf(framesOf(client))).toBe(1013);
    expect(stayingPublic.isEnded).toBe(false);
  });

  it('gets 401 if the token ends before the upstream has accepted', async () => {
    const held = await webSocketUpstream(() => ({ isHeld: true }));
    const gateway = await gatewayTo(held.url);
    const token = await gateway.token('read');
    const client = new RawClient(gateway.url).write(withToken(token));
    await until(() => held.sides.length === 1);
    await revoke(gateway, token);
    expect(await client.waitForEnd()).toMatch(/^HTTP\/1\.1 401 [^]*^WWW-Authenticate: Bearer error="invalid_token"/m);
    await until(() => held.last().isEnded());
  });
});

describe('the response of an upstream that refuses a WebSocket', () => {
  it('is cut off when the token ends, because it may have no end of its own', async () => {
    const streaming = await anUpstream((_request, response) => void response.writeHead(200).write('data'));
    const gateway = await gatewayTo(streaming.url);
    const token = await gateway.token('read');
    const client = new RawClient(gateway.url).write(withToken(token));
    await client.waitFor('data');
    await revoke(gateway, token);
    await client.waitForEnd();
    await until(() => streaming.sockets.size === 0);
  });
});

describe('a ticket', () => {
  it('opens one WebSocket, whose token still counts, and reaches no upstream', async () => {
    const upstream = await webSocketUpstream();
    const gateway = await gatewayTo(upstream.url);
    const token = await gateway.token('read');
    const ticket = await ticketFor(gateway, token);
    const handshake = handshakeWith().replace('/orders ', `/orders/any?room=1&ticket=${ticket}&x `);
    const client = await openedClient(gateway, handshake);
    expect(upstream.last().handshake.url).toBe('/any?room=1&x');
    expect(upstream.last().handshake.rawHeaders.join('\n')).not.toContain(ticket);
    expect(await new RawClient(gateway.url).write(handshake).waitForEnd()).toMatch(/^HTTP\/1\.1 401 /);
    await revoke(gateway, token);
    await until(() => closeCodeOf(framesOf(client)) === 1008);
  });

  it('is no token of other requests', async () => {
    const upstream = await webSocketUpstream();
    const gateway = await gatewayTo(upstream.url);
    const ticket = await ticketFor(gateway, await gateway.token('read'));
    expect((await gateway.send([`GET /orders?ticket=${ticket} HTTP/1.1`])).status).toBe(401);
  });
});
