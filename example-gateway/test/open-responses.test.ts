import { samplesOf } from '../../test/support/gate/metrics';
import { until } from '../../test/support/time/waiting';
import { aGateway } from './support/gateway';
import { metricsAddress } from './support/metrics';
import { RawClient } from './support/raw-client';
import { anUpstream } from './support/upstream';

const get = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`;

test('requests that wait behind others are over when their connection closes', async () => {
  const upstream = await anUpstream(() => undefined);
  const gateway = await aGateway({ upstream: upstream.url, keys: { metrics: { port: 0 }, log: { access: true } } });
  const client = new RawClient(gateway.url).write(get('/orders/health') + get('/orders/health') + get('/none'));
  await until(() => upstream.sockets.size === 1);
  client.socket.destroy();
  const ends = (): readonly string[] =>
    gateway.lines
      .filter(({ msg }) => msg === 'request')
      .map((line) => `${String(line['status'])} aborted: ${String(line['aborted'])}`);
  await until(() => ends().length === 3);
  expect([...ends()].sort()).toEqual(['404 aborted: true', '499 aborted: true', '499 aborted: true']);
  const page = await (await fetch(metricsAddress(gateway))).text();
  expect(samplesOf(page)).toContain('scopegate_http_requests_in_flight 0');
});

test.each([
  ['a malformed request', 'no request\r\n\r\n'],
  ['CONNECT', 'CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n'],
])('the refusal of %s is never sent as the response to a request before it', async (_what, bytes) => {
  const upstream = await anUpstream(() => undefined);
  const gateway = await aGateway({ upstream: upstream.url });
  expect(await new RawClient(gateway.url).write(get('/orders/health') + bytes).waitForEnd()).toBe('');
  expect(await new RawClient(gateway.url).write(bytes).waitForEnd()).toMatch(/^HTTP\/1\.1 400 /);
});
