import { valuesOf } from '../../test/support/http/raw-http';
import { aGateway, type TestGateway } from './support/gateway';
import { anUpstream, echoUpstream, type EchoUpstream } from './support/upstream';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/;

describe('X-Request-Id', () => {
  let upstream: EchoUpstream;
  let gateway: TestGateway;

  beforeAll(async () => {
    upstream = await echoUpstream();
    gateway = await aGateway({ upstream: upstream.url });
  });

  /** The ids that the client and the upstream got. */
  const idsWith = async (...lines: readonly string[]) => {
    const answer = await gateway.send(['GET /orders/health HTTP/1.1', ...lines]);
    const upstreams = (upstream.seen.at(-1)?.headers ?? []).filter(([name]) => /^x.request.id$/i.test(name));
    return { client: valuesOf(answer, 'X-Request-Id'), upstream: upstreams.map(([, value]) => value) };
  };

  it.each(['a', 'A-b_c.d~e+f/g=', '7f1c9e52-4b7e-4f0c-8f64-1d3c5a2b9e10', 'x'.repeat(128)])(
    'of the client is passed on and returned: %s',
    async (id) => {
      expect(await idsWith(`X-Request-Id: ${id}`)).toEqual({ client: [id], upstream: [id] });
    },
  );

  it.each([
    ['none', []],
    ['an empty one', ['X-Request-Id: ']],
    ['one that is too long', [`X-Request-Id: ${'x'.repeat(129)}`]],
    ['one with a blank', ['X-Request-Id: a b']],
    ['one with a quote', ['X-Request-Id: a"b']],
    ['two of them', ['X-Request-Id: a', 'X-Request-Id: b']],
    ['another spelling', ['X_Request_Id: a']],
  ])('is made anew if the client sends %s', async (_, lines) => {
    const { client, upstream: sent } = await idsWith(...lines);
    expect(client).toEqual([expect.stringMatching(UUID)]);
    expect(sent).toEqual(client);
  });

  it('cannot be removed by a Connection header of the client', async () => {
    const ids = await idsWith('X-Request-Id: a', 'Connection: X-Request-Id');
    expect(ids).toEqual({ client: ['a'], upstream: ['a'] });
  });

  it.each([
    ['404', 'GET /unknown HTTP/1.1'],
    ['401', 'GET /orders HTTP/1.1'],
    ['400 for an ambiguous path', 'GET //orders HTTP/1.1'],
    ['405', 'DELETE /orders/health HTTP/1.1'],
    ['200 of an endpoint', 'GET /health/live HTTP/1.1'],
    ['the error of an endpoint', 'GET /token HTTP/1.1'],
    ['metadata', 'GET /.well-known/oauth-authorization-server HTTP/1.1'],
  ])('is on every response of the gateway: %s', async (_, line) => {
    expect(valuesOf(await gateway.send([line, 'X-Request-Id: own']), 'X-Request-Id')).toEqual(['own']);
  });

  it('is new on the response to a request that cannot be parsed', async () => {
    const answer = await gateway.send(['GET /orders HTTP/9', 'X-Request-Id: own']);
    expect(answer.status).toBe(400);
    expect(valuesOf(answer, 'X-Request-Id')).toEqual([expect.stringMatching(UUID)]);
  });

  it.each(['X-Request-Id', 'x_request_id'])('of an upstream is replaced by that of the gateway: %s', async (name) => {
    const { url } = await anUpstream((_request, response) => response.writeHead(200, { [name]: 'theirs' }).end());
    const other = await aGateway({ upstream: url });
    const answer = await other.send(['GET /orders/health HTTP/1.1', 'X-Request-Id: own']);
    expect(answer.headers.filter(([header]) => /^x.request.id$/i.test(header))).toEqual([['X-Request-Id', 'own']]);
  });
});
