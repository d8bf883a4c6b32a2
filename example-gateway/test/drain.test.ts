import type { ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { exchangeRaw, valuesOf } from '../../test/support/http/raw-http';
import { measureStalls } from '../../test/support/time/stalls';
import { after, until } from '../../test/support/time/waiting';
import { aGateway } from './support/gateway';
import { anUpstream } from './support/upstream';

/** An upstream that sends half of its response, signals the test, and sends the rest when the test allows it. */
const aHeldUpstream = async () => {
  const held: ServerResponse[] = [];
  const { url, sockets } = await anUpstream((_request, response) => {
    response.write('half ');
    held.push(response);
  });
  return {
    url,
    sockets,
    asked: () => until(() => held.length > 0),
    answer: () => held.forEach((response) => response.end('whole')),
  };
};

const request = 'GET /orders/health HTTP/1.1\r\nHost: a\r\n\r\n';

describe('a stopping gateway', () => {
  it('finishes the requests in flight and accepts no new ones', async () => {
    const upstream = await aHeldUpstream();
    const gateway = await aGateway({ upstream: upstream.url });
    const inFlight = exchangeRaw(gateway.port, request, { untilClosed: true }); // a client that keeps its connection
    await upstream.asked();
    const closed = gateway.close();
    await expect(exchangeRaw(gateway.port, request)).rejects.toThrow('ECONNREFUSED');
    const answered = performance.now();
    upstream.answer();
    const { value, stalledMs } = await measureStalls(() => inFlight);
    expect(value).toMatchObject({ responses: [{ status: 200, body: 'half whole' }], closed: true });
    expect(performance.now() - answered - stalledMs).toBeLessThan(1_500); // and not when a kept connection times out
    await closed;
  });

  it('closes idle connections immediately', async () => {
    const gateway = await aGateway();
    const idle = connect(gateway.port, '127.0.0.1');
    const ended = new Promise((resolve) => idle.once('close', resolve));
    idle.write(request);
    await new Promise((resolve) => idle.once('data', resolve));
    await gateway.close();
    await ended;
  });

  it('reports on open connections that it is not ready, and closes them with the next response', async () => {
    const upstream = await aHeldUpstream();
    const gateway = await aGateway({ upstream: upstream.url });
    let stopping: Promise<void> | undefined;
    const parts = async function* () {
      yield request;
      await upstream.asked();
      stopping = gateway.close();
      yield 'GET /health/ready HTTP/1.1\r\nHost: a\r\n\r\n';
      await after(50); // the gateway has read it
      upstream.answer();
    };
    const { responses, closed: ended } = await exchangeRaw(gateway.port, parts(), { responses: 2 });
    expect(responses.map(({ status }) => status)).toEqual([200, 503]);
    expect(responses[1] && valuesOf(responses[1], 'connection')).toEqual(['close']);
    expect(ended).toBe(true);
    await stopping;
  });

  it('has no readiness path while it stops, either, when the file disables it', async () => {
    const upstream = await anUpstream((_request, response) => void setTimeout(() => response.end('slow'), 300));
    const gateway = await aGateway({ upstream: upstream.url, keys: { paths: { ready: false } } });
    const parts = async function* () {
      yield request;
      await after(150);
      yield 'GET /health/ready HTTP/1.1\r\nHost: a\r\n\r\n';
    };
    const exchange = exchangeRaw(gateway.port, parts(), { responses: 2 });
    await after(75);
    const closed = gateway.close();
    const { responses } = await exchange;
    expect(responses.map(({ status }) => status)).toEqual([200, 404]);
    await closed;
  });

  it('aborts requests that are unfinished at the deadline', async () => {
    const upstream = await aHeldUpstream();
    const gateway = await aGateway({ upstream: upstream.url, limits: { drainDeadline: 200 } });
    const hanging = exchangeRaw(gateway.port, request);
    await upstream.asked();
    await gateway.close();
    expect(await hanging).toMatchObject({ closed: true, leftover: expect.not.stringContaining('whole') });
    await until(() => upstream.sockets.size === 0);
  });

  it('ignores a second call to stop', async () => {
    const gateway = await aGateway();
    await Promise.all([gateway.close(), gateway.close()]);
  });
});
