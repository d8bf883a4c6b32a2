import { once } from 'node:events';
import { connect } from 'node:net';
import { expectCleanAnswer } from '../../test/support/expect/clean-answer';
import { exchangeRaw, sendRaw, valuesOf } from '../../test/support/http/raw-http';
import { read } from './support/faults';
import { aConfiguration, aGateway, refusalOf, type TestGateway } from './support/gateway';
import { nextTurn, until } from '../../test/support/time/waiting';

const ANY_PORT = { metrics: { port: 0 } };

/** The metrics address from the log. */
const addressIn = ({ lines }: TestGateway): string => {
  const line = lines.find(({ msg }) => msg.startsWith('Metrics are served'));
  if (line === undefined) throw new Error('the log has no address of the metrics');
  return String(line['url']);
};

/** Listeners of this process. What was closed in this turn is released in the next. */
const countListeners = async (): Promise<number> => {
  await nextTurn();
  return process.getActiveResourcesInfo().filter((name) => name.includes('Server')).length;
};

const portOf = (address: string): number => Number(new URL(address).port);

describe('metrics', () => {
  it('include the events of the gate and the default metrics of the process', async () => {
    const gateway = await aGateway({ keys: ANY_PORT });
    await gateway.token('read');
    await gateway.send(['GET /orders HTTP/1.1']);
    const answer = await fetch(addressIn(gateway));
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    const text = await answer.text();
    expect(text).toContain('scopegate_issued_total{occasion="password",environment="production"} 1\n');
    expect(text).toMatch(/^scopegate_denied_total\{place="guard",status="401",reason="no_token"\} 1$/m);
    expect(text).toMatch(/^process_resident_memory_bytes \d+$/m);
  });

  it('are sent once for each connection, and to 50 connections at a time', async () => {
    const address = addressIn(await aGateway({ keys: ANY_PORT }));
    const request = 'GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n';
    const { responses, closed } = await exchangeRaw(portOf(address), request.repeat(20), { untilClosed: true });
    expect({ statuses: responses.map(({ status }) => status), closed }).toEqual({ statuses: [200], closed: true });

    const held = Array.from({ length: 50 }, () => connect(portOf(address), '127.0.0.1'));
    await Promise.all(held.map((socket) => once(socket, 'connect')));
    await until(async () =>
      fetch(address).then(
        () => false,
        () => true,
      ),
    );
    held[0]?.destroy();
    await until(async () =>
      fetch(address).then(
        ({ status }) => status === 200,
        () => false,
      ),
    );
    for (const socket of held) socket.destroy();
  });

  it('are separate for each gateway', async () => {
    const [busy, idle] = [await aGateway({ keys: ANY_PORT }), await aGateway({ keys: ANY_PORT })];
    await busy.token('read');
    expect(await (await fetch(addressIn(idle))).text()).not.toContain('scopegate_issued_total{');
  });

  it('are never served on the public port, and their port serves nothing else', async () => {
    const gateway = await aGateway({ keys: ANY_PORT });
    expect((await gateway.send(['GET /metrics HTTP/1.1'])).status).toBe(404);
    const port = portOf(addressIn(gateway));
    for (const path of ['/', '/metrics/', '/orders/health', '/token', '/health/live']) {
      const answer = await sendRaw(port, `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`);
      expectCleanAnswer(answer, { status: 404, from: 'gateway', error: 'not_found' });
    }
  });

  it('are served to GET and HEAD only', async () => {
    const port = portOf(addressIn(await aGateway({ keys: ANY_PORT })));
    const head = await sendRaw(port, 'HEAD /metrics?a=b HTTP/1.1\r\nHost: a\r\n\r\n');
    expect({ status: head.status, body: head.body }).toEqual({ status: 200, body: '' });
    const post = await sendRaw(port, 'POST /metrics HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n');
    expectCleanAnswer(post, { status: 405, from: 'gateway', error: 'method_not_allowed' });
    expect(valuesOf(post, 'allow')).toEqual(['GET, HEAD']);
  });

  it('include the number of log lines that were dropped, if it is known', async () => {
    const gateway = await aGateway({ keys: ANY_PORT, droppedLogLines: () => 7 });
    expect(await (await fetch(addressIn(gateway))).text()).toContain('\nscopegate_log_lines_dropped_total 7\n');
    const other = await aGateway({ keys: ANY_PORT });
    expect(await (await fetch(addressIn(other))).text()).not.toContain('scopegate_log_lines_dropped_total');
  });

  it('are disabled unless the file enables them', async () => {
    const gateway = await aGateway();
    expect(() => addressIn(gateway)).toThrow();
  });

  it('are served on the loopback at port 9464 unless the file says otherwise', () => {
    const addressOf = (metrics: unknown) => read(JSON.stringify(aConfiguration({ metrics }))).metrics;
    expect(addressOf({})).toEqual({ host: '127.0.0.1', port: 9464 });
    expect(addressOf({ host: '::1', port: 1 })).toEqual({ host: '::1', port: 1 });
    expect(addressOf(null)).toBeUndefined();
  });

  it('stop with the gateway, even if a client keeps a connection open', async () => {
    const gateway = await aGateway({ keys: ANY_PORT });
    const address = addressIn(gateway);
    const socket = connect(portOf(address), '127.0.0.1');
    const ended = new Promise((resolve) => socket.once('close', resolve));
    socket.write('GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n');
    await new Promise((resolve) => socket.once('data', resolve));
    socket.resume();
    await gateway.close();
    await ended;
    await expect(fetch(address)).rejects.toThrow();
  });

  it('prevent the gateway from starting if their port is in use, and leave nothing running', async () => {
    const port = portOf(addressIn(await aGateway({ keys: ANY_PORT })));
    const before = await countListeners();
    expect(await refusalOf(() => aGateway({ keys: { metrics: { port } } }))).toEqual([
      `cannot listen on 127.0.0.1:${port}: the port is in use; choose another for metrics.port`,
    ]);
    expect(await countListeners()).toBe(before);
  });

  it('are closed again if the gateway cannot listen', async () => {
    const taken = await aGateway();
    const before = await countListeners();
    await refusalOf(() => aGateway({ port: taken.port, keys: ANY_PORT }));
    expect(await countListeners()).toBe(before);
  });
});
