import { valuesOf, type RawResponse } from '../../test/support/http/raw-http';
import { faultsWith } from './support/faults';
import { aGateway } from './support/gateway';
import { anUpstream, rawUpstream } from './support/upstream';

const APP = 'https://app.example';
const CORS = { origins: [APP] };
const ORIGIN = `Origin: ${APP}`;

/** A public resource, because these tests are about what happens after the guard. */
const GET = 'GET /orders/health HTTP/1.1';

/** The values of all CORS headers of a response, and those of `Vary`. */
const corsOf = (answer: RawResponse) => ({
  origin: valuesOf(answer, 'access-control-allow-origin'),
  credentials: valuesOf(answer, 'access-control-allow-credentials'),
  exposed: valuesOf(answer, 'access-control-expose-headers').length,
  vary: valuesOf(answer, 'vary').join(', '),
});

const ALLOWED = { origin: [APP], credentials: [], exposed: 1, vary: 'Origin' };

/** An upstream that decides about origins itself. */
const deciding = () =>
  anUpstream((_request, response) => {
    response.setHeader('Access-Control-Allow-Origin', 'https://other.example');
    response.setHeader('access_control-allow-credentials', 'true');
    response.setHeader('Access-Control-Expose-Headers', 'X-Total');
    response.setHeader('Vary', 'Accept-Language');
    response.end('done');
  });

describe('the gateway with `cors`', () => {
  it('answers a preflight request for a declared path itself, and logs it with the resource', async () => {
    const upstream = await anUpstream((_request, response) => response.end());
    const gateway = await aGateway({ upstream: upstream.url, keys: { cors: CORS, log: { access: true } } });
    const answer = await gateway.send([
      'OPTIONS /orders/7 HTTP/1.1',
      ORIGIN,
      'Access-Control-Request-Method: PUT',
      'Access-Control-Request-Headers: authorization',
    ]);
    expect(answer).toMatchObject({ status: 204, body: '' });
    expect(valuesOf(answer, 'access-control-allow-origin')).toEqual([APP]);
    expect(valuesOf(answer, 'access-control-allow-methods')).toEqual(['GET, HEAD, PUT, PATCH, DELETE']);
    expect(gateway.lines.at(-1)).toMatchObject({ msg: 'request', method: 'OPTIONS', api: 'orders', resource: '/:id' });
  });

  it('S-274 sends its own CORS headers in place of those of the upstream', async () => {
    const upstream = await deciding();
    const gateway = await aGateway({ upstream: upstream.url, keys: { cors: CORS } });
    const allowed = await gateway.send([GET, ORIGIN]);
    expect(allowed).toMatchObject({ status: 200, body: 'done' });
    expect(corsOf(allowed)).toEqual({ ...ALLOWED, vary: 'Origin, Accept-Language' });
    const foreign = await gateway.send([GET, 'Origin: https://other.example']);
    expect(corsOf(foreign)).toEqual({ origin: [], credentials: [], exposed: 0, vary: 'Origin, Accept-Language' });
    expect(foreign.headers.map(([name]) => name)).not.toContain('access_control-allow-credentials');
  });

  it('sends them with its answers to a failure of the upstream as well', async () => {
    const upstream = await rawUpstream((socket) =>
      socket.once('data', () =>
        socket.end('HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: https://other.example\r\nX\0: 1\r\n\r\n'),
      ),
    );
    const gateway = await aGateway({ upstream: upstream.url, keys: { cors: CORS } });
    const answer = await gateway.send([GET, ORIGIN]);
    expect(answer.status).toBe(502);
    expect(corsOf(answer)).toEqual(ALLOWED);
  });

  it('sends them with the refusals of the guard, and with the responses of the token endpoint', async () => {
    const gateway = await aGateway({ keys: { cors: CORS } });
    const refused = await gateway.send(['GET /orders HTTP/1.1', ORIGIN]);
    expect([refused.status, corsOf(refused)]).toEqual([401, ALLOWED]);
    const token = await gateway.send(['POST /token HTTP/1.1', ORIGIN]);
    expect([token.status, corsOf(token)]).toEqual([400, ALLOWED]);
  });

  it.each(['portal', 'introspect'])('gives no permission for its %s', async (place) => {
    const gateway = await aGateway({ keys: { cors: true, portal: { path: '/portal' } } });
    const target = place === 'portal' ? '/portal/sign-in' : '/introspect';
    const answer = await gateway.send([`GET ${target} HTTP/1.1`, ORIGIN]);
    expect(corsOf(answer)).toMatchObject({ origin: [], credentials: [], exposed: 0 });
  });

  it('is checked like every key, with the line in the file', async () => {
    expect(await faultsWith({ cors: { origins: ['https://app.example/'] } })).toEqual([
      expect.stringMatching(/cors\.origins\[0\].*write https:\/\/app\.example/),
    ]);
    expect(await faultsWith({ cors: { credentials: true } })).toEqual([expect.stringContaining('cors.origins')]);
  });
});

it.each([undefined, false])(
  'S-274 the gateway with `cors: %p` passes on the CORS headers of the upstream',
  async (cors) => {
    const upstream = await deciding();
    const gateway = await aGateway({ upstream: upstream.url, keys: cors === undefined ? {} : { cors } });
    expect(corsOf(await gateway.send([GET, ORIGIN]))).toEqual({
      origin: ['https://other.example'],
      credentials: [],
      exposed: 1,
      vary: 'Accept-Language',
    });
  },
);
