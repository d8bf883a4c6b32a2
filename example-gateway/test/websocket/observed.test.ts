import { samplesOf } from '../../../test/support/gate/metrics';
import { until } from '../../../test/support/time/waiting';
import { anApi } from '../support/gateway';
import { metricsAddress } from '../support/metrics';
import { aReloadableGateway } from '../support/reloadable';
import { closeCodeOf, framesOf, gatewayTo, handshakeWith, openedClient } from '../support/web-socket';
import { webSocketUpstream } from '../support/web-socket-upstream';

describe('the log and the metrics of a WebSocket', () => {
  it('have the handshake as a request that ends with its response, and the end of the WebSocket apart', async () => {
    const upstream = await webSocketUpstream();
    const gateway = await gatewayTo(upstream.url, { keys: { log: { access: true }, metrics: { port: 0 } } });
    const token = await gateway.token('read');
    const samples = async (pattern: RegExp): Promise<readonly string[]> => {
      const page = await (await fetch(metricsAddress(gateway))).text();
      return samplesOf(page).filter((sample) => pattern.test(sample));
    };
    const client = await openedClient(gateway, handshakeWith({ Authorization: `Bearer ${token}` }));
    await until(() => gateway.lines.some(({ status }) => status === 101));
    const request = gateway.lines.find(({ status }) => status === 101);
    const facts = { api: 'orders', resource: '/', clientId: 'key', requestId: request?.['requestId'] };
    expect(request).toMatchObject({ msg: 'request', method: 'GET', place: 'guard', ...facts });
    expect(request).not.toHaveProperty('aborted');
    expect(request).not.toHaveProperty('reason');
    expect(await samples(/^scopegate_websockets/)).toEqual(['scopegate_websockets_open{api="orders"} 1']);
    expect(await samples(/in_flight/)).toEqual(['scopegate_http_requests_in_flight 0']);
    expect(await samples(/^scopegate_http_requests_total.*101/)).toHaveLength(1);

    client.socket.end();
    await until(() => upstream.last().isEnded());
    upstream.last().socket.end();
    await until(() => gateway.lines.at(-1)?.msg === 'websocket closed');
    const closed = gateway.lines.at(-1);
    expect(closed).toMatchObject({ level: 30, ...facts, closedBy: 'client' });
    expect(closed?.['durationMs']).toBeGreaterThan(0);
    expect(await samples(/^scopegate_websockets/)).toEqual([
      'scopegate_websockets_open{api="orders"} 0',
      'scopegate_websockets_closed_total{api="orders",closed_by="client",code="(none)"} 1',
    ]);
    expect(JSON.stringify(gateway.lines)).not.toContain(token);
  });
});

describe('a reload', () => {
  it('closes the WebSockets of the previous configuration with 1012, and accepts new ones', async () => {
    const upstream = await webSocketUpstream();
    const keys = { apis: { orders: anApi(upstream.url, { websocket: true }) }, metrics: { port: 0 } };
    const gateway = await aReloadableGateway(keys);
    const client = await openedClient(gateway);
    expect((await gateway.reload()).outcome).toBe('unchanged');
    expect(client.isEnded).toBe(false);
    gateway.write({ ...keys, realm: 'another' });
    expect((await gateway.reload()).outcome).toBe('reloaded');
    await until(() => closeCodeOf(framesOf(client)) === 1012);
    client.socket.end();
    await client.waitForEnd();
    upstream.last().socket.end();
    await openedClient(gateway);
    await until(async () => {
      const page = await (await fetch(metricsAddress(gateway))).text();
      const [open, closed] = samplesOf(page).filter((sample) => sample.startsWith('scopegate_websockets'));
      return (
        open?.endsWith(' 1') === true && closed?.endsWith('{api="orders",closed_by="gateway",code="1012"} 1') === true
      );
    });
  });

  it('refuses handshakes of an API that has lost the key', async () => {
    const upstream = await webSocketUpstream();
    const gateway = await aReloadableGateway({ apis: { orders: anApi(upstream.url, { websocket: true }) } });
    const client = await openedClient(gateway);
    gateway.write({ apis: { orders: anApi(upstream.url) } });
    expect((await gateway.reload()).outcome).toBe('reloaded');
    await client.waitForEnd();
    expect(
      (await gateway.send(['GET /orders/health HTTP/1.1', 'Connection: Upgrade', 'Upgrade: websocket'])).status,
    ).toBe(501);
  });
});
