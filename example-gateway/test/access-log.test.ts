import { connect } from 'node:net';
import { deferred } from '../../test/support/time/deferred';
import { until } from '../../test/support/time/waiting';
import { faultsWith, read } from './support/faults';
import { aConfiguration, aGateway, APPLICATION, JANE, type LogLine, type TestGateway } from './support/gateway';
import { anUpstream, unusedAddress } from './support/upstream';

const ACCESS = { log: { access: true } };

const requestsIn = ({ lines }: TestGateway): readonly LogLine[] => lines.filter(({ msg }) => msg === 'request');

/** The line of the only request since the last call. */
const lineOf = async (gateway: TestGateway, send: () => Promise<unknown>): Promise<LogLine> => {
  const before = requestsIn(gateway).length;
  await send();
  await until(() => requestsIn(gateway).length > before);
  const [line, ...more] = requestsIn(gateway).slice(before);
  if (line === undefined || more.length > 0) throw new Error(`there are ${more.length + 1} lines`);
  return line;
};

const NOT_COMPARED = ['level', 'time', 'pid', 'hostname', 'msg', 'durationMs', 'requestId'];

/** The fields that a test compares: without those of pino, the duration and the random id. */
const factsOf = (line: LogLine): object =>
  Object.fromEntries(Object.entries(line).filter(([name]) => !NOT_COMPARED.includes(name)));

describe('the access log', () => {
  let gateway: TestGateway;
  let token: string;

  beforeAll(async () => {
    gateway = await aGateway({ keys: ACCESS });
    token = await gateway.token('read');
    await until(() => requestsIn(gateway).length === 1);
  });

  it('has method, API, resource, status, duration, client and request id of a proxied request', async () => {
    const line = await lineOf(gateway, () =>
      gateway.send(['GET /orders/1?q=secret HTTP/1.1', 'X-Request-Id: id-1'], { token }),
    );
    expect(factsOf(line)).toEqual({
      method: 'GET',
      place: 'guard',
      api: 'orders',
      resource: '/:id',
      status: 200,
      clientId: APPLICATION.consumerKey,
    });
    expect(line).toMatchObject({ level: 30, msg: 'request', requestId: 'id-1' });
    expect(line['durationMs']).toEqual(expect.any(Number));
    expect(Number(line['durationMs'])).toBeGreaterThan(0);
  });

  it.each([
    ['GET /orders/1', undefined, { status: 401, resource: '/:id', reason: 'no_token' }],
    ['GET /orders/1', 'unknown', { status: 401, resource: '/:id', reason: 'invalid_token' }],
    ['PUT /orders/1', 'own', { status: 403, resource: '/:id', reason: 'insufficient_scope', clientId: 'key' }],
    ['POST /orders/any', 'own', { status: 405, resource: '/any', reason: 'method_not_allowed' }],
    ['GET /orders/1/2', 'own', { status: 404, reason: 'not_found' }],
  ])('has the reason of a refusal by the guard: %s with the token %s', async (request, sent, facts) => {
    const options = sent === undefined ? {} : { token: sent === 'own' ? token : sent };
    const line = await lineOf(gateway, () => gateway.send([`${request} HTTP/1.1`], options));
    expect(factsOf(line)).toEqual({ method: request.split(' ')[0], place: 'guard', api: 'orders', ...facts });
  });

  it('names the endpoint, and has neither API nor resource for it', async () => {
    const form = { grant_type: 'password', username: 'jane', password: 'no', scope: 'read' };
    const line = await lineOf(gateway, () => gateway.post('/token', form));
    expect(factsOf(line)).toEqual({
      method: 'POST',
      place: 'token',
      status: 400,
      clientId: 'key',
      reason: 'invalid_grant',
    });
  });

  it('has unknown paths, ambiguous requests and unknown methods, and no text of their client', async () => {
    const unknown = await lineOf(gateway, () => gateway.send(['GET /secret-path HTTP/1.1']));
    expect(factsOf(unknown)).toEqual({ method: 'GET', status: 404, reason: 'not_found' });
    const ambiguous = await lineOf(gateway, () => gateway.send(['GET /orders HTTP/1.1', 'Host: a', 'Host: b']));
    expect(factsOf(ambiguous)).toEqual({ method: 'GET', status: 400, reason: 'ambiguous' });
    const expecting = await lineOf(gateway, () => gateway.send(['GET /orders HTTP/1.1', 'Expect: magic']));
    expect(factsOf(expecting)).toEqual({ method: 'GET', status: 417, reason: 'expectation' });
    const other = await lineOf(gateway, () => gateway.send(['PROPFIND /orders HTTP/1.1']));
    expect(factsOf(other)).toMatchObject({ method: 'OTHER', status: 405 });
  });

  it('contains no user, token, path or query of a request', async () => {
    const own = await gateway.token('read', JANE);
    await lineOf(gateway, () => gateway.send(['GET /orders/path-text?query=text HTTP/1.1'], { token: own }));
    const text = JSON.stringify(requestsIn(gateway));
    for (const secret of [own, token, 'jane', 'john', 'path-text', 'query', 'secret-path']) {
      expect(text).not.toContain(secret);
    }
  });
});

describe('the access log of a request that does not succeed', () => {
  it('names the failure of the upstream', async () => {
    const gateway = await aGateway({ keys: ACCESS, upstream: await unusedAddress() });
    const line = await lineOf(gateway, () => gateway.send(['GET /orders/health HTTP/1.1']));
    expect(factsOf(line)).toMatchObject({ resource: '/health', status: 502, reason: 'bad_gateway' });
  });

  it('has status 499 and aborted if the client disconnects before a response', async () => {
    const arrived = deferred();
    const { url } = await anUpstream(() => arrived.resolve());
    const gateway = await aGateway({ keys: ACCESS, upstream: url });
    const line = await lineOf(gateway, async () => {
      const client = connect(gateway.port, '127.0.0.1');
      client.write('GET /orders/health HTTP/1.1\r\nHost: gateway.test\r\n\r\n');
      await arrived.promise;
      client.destroy();
    });
    expect(factsOf(line)).toMatchObject({ resource: '/health', status: 499, aborted: true });
  });

  it('has the sent status and aborted if the client disconnects during the response', async () => {
    const { url } = await anUpstream((_request, response) => {
      response.writeHead(200, { 'Content-Length': '10' }).write('12345');
    });
    const gateway = await aGateway({ keys: ACCESS, upstream: url });
    const line = await lineOf(gateway, async () => {
      const client = connect(gateway.port, '127.0.0.1');
      client.write('GET /orders/health HTTP/1.1\r\nHost: gateway.test\r\n\r\n');
      await new Promise((resolve) => client.once('data', resolve));
      client.destroy();
    });
    expect(factsOf(line)).toMatchObject({ resource: '/health', status: 200, aborted: true });
  });
});

describe('log', () => {
  it('is at level info and without an access log if it is left out', async () => {
    expect(read(JSON.stringify(aConfiguration())).log).toEqual({ level: 'info', access: false });
    const gateway = await aGateway();
    await gateway.send(['GET /orders HTTP/1.1']);
    expect(requestsIn(gateway)).toEqual([]);
  });

  it.each(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'])('takes the level %s', (level) => {
    expect(read(JSON.stringify(aConfiguration({ log: { level } }))).log.level).toBe(level);
  });

  it('takes level and access from variables', () => {
    const text = JSON.stringify(aConfiguration({ log: { level: '${LOG_LEVEL}', access: '${ACCESS_LOG}' } }));
    expect(read(text, { LOG_LEVEL: 'warn', ACCESS_LOG: 'true' }).log).toEqual({ level: 'warn', access: true });
  });

  it.each([
    [{ level: 'verbose' }, 'log.level: must be one of trace, debug, info, warn, error, fatal, silent'],
    [{ level: 'WARN' }, 'log.level: must be one of trace, debug, info, warn, error, fatal, silent'],
    [{ access: 'yes' }, 'log.access: must be true or false'],
    [{ acess: true }, 'log.acess: is unknown; did you mean "access"?'],
  ])('refuses %j', async (log, fault) => {
    expect(await faultsWith({ log })).toEqual([fault]);
  });

  it('drops lines below the level, which includes the access log above info', async () => {
    const gateway = await aGateway({ keys: { log: { level: 'warn', access: true } }, upstream: await unusedAddress() });
    await gateway.send(['GET /orders/health HTTP/1.1']);
    expect(gateway.lines.map(({ level }) => level)).toEqual([40, 40]);
    expect(gateway.lines.at(-1)?.msg).toBe('An upstream failed');
  });
});
