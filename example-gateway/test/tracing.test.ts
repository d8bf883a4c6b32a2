import { trace, type Tracer } from '@opentelemetry/api';
import { until } from '../../test/support/time/waiting';
import { aGateway, type TestGateway } from './support/gateway';
import { recordSpans, type RecordedSpan } from './support/recorded-spans';
import { echoUpstream, unusedAddress, type EchoUpstream } from './support/upstream';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const PARENT = '00f067aa0ba902b7';
const TRACEPARENT = `traceparent: 00-${TRACE}-${PARENT}-01`;
const TRACESTATE = 'tracestate: vendor=opaque,other=1';
const GET = 'GET /orders/health?query=secret HTTP/1.1';

/** The headers with the trace context that the upstream received last. */
const traceHeaders = ({ seen }: EchoUpstream): object =>
  Object.fromEntries((seen.at(-1)?.headers ?? []).filter(([name]) => name.startsWith('trace')));

const traceIdIn = ({ lines }: TestGateway): unknown => lines.find(({ msg }) => msg === 'request')?.['traceId'];

describe('without a tracer provider', () => {
  it('the trace context of the client reaches the upstream unchanged', async () => {
    const upstream = await echoUpstream();
    const gateway = await aGateway({ upstream: upstream.url });
    await gateway.send([GET, TRACEPARENT, TRACESTATE]);
    expect(traceHeaders(upstream)).toEqual({
      traceparent: `00-${TRACE}-${PARENT}-01`,
      tracestate: 'vendor=opaque,other=1',
    });
  });

  it.each([
    ['a valid traceparent', [TRACEPARENT], TRACE],
    ['none', [], undefined],
    ['an invalid one', ['traceparent: 00-secret-secret-01'], undefined],
    ['one whose trace is zero', [`traceparent: 00-${'0'.repeat(32)}-${PARENT}-01`], undefined],
  ])('the access log has the trace of the client if it sends %s', async (_, lines, traceId) => {
    const gateway = await aGateway({ keys: { log: { access: true } } });
    await gateway.send([GET, ...lines]);
    await until(() => gateway.lines.some(({ msg }) => msg === 'request'));
    expect(traceIdIn(gateway)).toBe(traceId);
  });
});

describe('with a tracer provider', () => {
  const ended = recordSpans();
  let upstream: EchoUpstream;
  let gateway: TestGateway;

  beforeAll(async () => {
    upstream = await echoUpstream();
    gateway = await aGateway({ upstream: upstream.url, keys: { log: { access: true } } });
  });

  /** The spans of one request, that of the gateway last. */
  const spansOf = async (
    to: TestGateway,
    lines: readonly string[],
    count: number,
  ): Promise<readonly RecordedSpan[]> => {
    ended.splice(0);
    await to.send(lines);
    await until(() => ended.length === count);
    return [...ended].sort((a, b) => a.kind.localeCompare(b.kind));
  };

  it('a proxied request is two spans, and the upstream continues the second', async () => {
    const [client, server] = await spansOf(gateway, [GET, TRACEPARENT, TRACESTATE], 2);
    expect(server).toMatchObject({
      name: 'GET /orders/health',
      kind: 'SERVER',
      parent: PARENT,
      context: { traceId: TRACE },
      isError: false,
    });
    expect(server?.attributes).toEqual({
      'http.request.method': 'GET',
      'http.route': '/orders/health',
      'http.response.status_code': 200,
      'url.scheme': 'http',
      'scopegate.api': 'orders',
    });
    expect(client).toMatchObject({ name: 'GET', kind: 'CLIENT', context: { traceId: TRACE }, isError: false });
    expect(client?.parent).toBe(server?.context.spanId);
    expect(client?.attributes).toEqual({
      'http.request.method': 'GET',
      'http.response.status_code': 200,
      'server.address': '127.0.0.1',
    });
    expect(traceHeaders(upstream)).toEqual({
      traceparent: `00-${TRACE}-${client?.context.spanId}-01`,
      tracestate: 'vendor=opaque,other=1',
    });
    expect(traceIdIn(gateway)).toBe(TRACE);
    expect(JSON.stringify([client, server])).not.toContain('secret');
  });

  it('a request without a valid context begins a trace, and its tracestate is dropped', async () => {
    const [client, server] = await spansOf(gateway, [GET, 'traceparent: 00-zz-zz-01', TRACESTATE], 2);
    expect(server?.parent).toBeUndefined();
    expect(traceHeaders(upstream)).toEqual({
      traceparent: `00-${server?.context.traceId}-${client?.context.spanId}-01`,
    });
  });

  it('a refused request has its route and its reason, and no path of the client', async () => {
    const [server] = await spansOf(gateway, ['GET /orders/path-text HTTP/1.1', TRACEPARENT], 1);
    expect(server).toMatchObject({ name: 'GET /orders/:id', parent: PARENT, isError: false });
    expect(server?.attributes).toMatchObject({
      'http.route': '/orders/:id',
      'http.response.status_code': 401,
      'scopegate.reason': 'no_token',
    });
    expect(JSON.stringify(server)).not.toContain('path-text');
    const [unknown] = await spansOf(gateway, ['GET /unknown-path HTTP/1.1'], 1);
    expect(unknown).toMatchObject({ name: 'GET', attributes: { 'http.response.status_code': 404 } });
    expect(unknown?.attributes).not.toHaveProperty('http.route');
  });

  it('a failed upstream marks both spans', async () => {
    const broken = await aGateway({ upstream: await unusedAddress() });
    const [client, server] = await spansOf(broken, [GET], 2);
    expect(client).toMatchObject({ isError: true, attributes: { 'error.type': 'ECONNREFUSED' } });
    expect(server).toMatchObject({ isError: true, attributes: { 'error.type': '502' } });
  });
});

describe('with a tracer provider that throws', () => {
  const failing = recordSpans();
  const fail = (): never => {
    throw new Error('secret');
  };

  it.each(['startSpan', 'end'] as const)('from %s, requests are served, and the log says so', async (method) => {
    failing.push = fail; // what `end` calls
    const { startSpan } = trace.getTracer('test');
    const tracer = { startSpan: method === 'startSpan' ? fail : startSpan };
    trace.disable();
    trace.setGlobalTracerProvider({ getTracer: () => tracer as unknown as Tracer });
    const upstream = await echoUpstream();
    const gateway = await aGateway({ upstream: upstream.url });
    for (let sent = 0; sent < 3; sent += 1) expect((await gateway.send([GET])).status).toBe(200);
    const message = 'A request could not be traced';
    await until(() => gateway.lines.some(({ msg }) => msg === message));
    expect(gateway.lines.filter(({ msg }) => msg === message)).toEqual([
      expect.objectContaining({ level: 50, error: 'Error' }),
    ]);
    expect(JSON.stringify(gateway.lines)).not.toContain('secret');
  });
});
