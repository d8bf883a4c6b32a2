import { rmSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { scopegate } from 'scopegate';
import { exchangeRaw, valuesOf } from '../../../test/support/http/raw-http';
import { ownRedis, testRedis } from '../../../test/support/redis/redis';
import { until } from '../../../test/support/time/waiting';
import { anApi, aFile, anApplication, JANE, JOHN } from '../support/gateway';
import { aReloadableGateway } from '../support/reloadable';
import { anUpstream } from '../support/upstream';

const LIST = ['GET /orders HTTP/1.1'];

/** The API of the tests, with the scopes of its first resource. */
const withScopes = (...scopes: readonly string[]) => ({
  apis: { orders: anApi('demo:orders', { resources: [{ path: '/', methods: ['GET'], scopes }] }) },
});

const namedUpstream = (name: string) => anUpstream((_request, response) => void response.end(name));

/** An upstream that answers when the test allows it. */
const aHeldUpstream = async () => {
  const held: ServerResponse[] = [];
  const upstream = await anUpstream((_request, response) => void held.push(response));
  return {
    ...upstream,
    asked: () => until(() => held.length > 0),
    answer: (text: string) => held.forEach((response) => response.end(text)),
  };
};

describe('a reload', () => {
  it('uses the changed file for the next requests, keeps tokens, and logs the keys that differ', async () => {
    const gateway = await aReloadableGateway(withScopes('read'));
    const token = await gateway.token('read');
    expect((await gateway.send(LIST, { token })).status).toBe(200);

    gateway.write({ ...withScopes('update'), realm: 'orders' });
    expect(await gateway.reload()).toMatchObject({ outcome: 'reloaded' });
    expect((await gateway.send(LIST, { token })).status).toBe(403);
    expect((await gateway.send(LIST, { token: await gateway.token('update') })).status).toBe(200);
    expect(gateway.lastReload()).toMatchObject({
      level: 30,
      msg: 'Reloaded',
      file: gateway.file,
      added: ['realm'],
      changed: ['apis.orders.resources[0].scopes'],
    });
  });

  it('keeps the previous configuration if the file has a fault, and logs each with its position', async () => {
    const gateway = await aReloadableGateway(withScopes('read'));
    const token = await gateway.token('read');
    gateway.write({ ...withScopes('raed'), realm: 'orders', portal: 'store' });
    const result = await gateway.reload();
    expect(result).toMatchObject({ outcome: 'refused' });
    expect((await gateway.send(LIST, { token })).status).toBe(200);
    expect(gateway.lastReload()).toMatchObject({
      level: 50,
      msg: 'Not reloaded: the previous configuration stays in effect',
      faults: [
        expect.stringMatching(/\.yaml:\d+:\d+: apis\.orders\.resources\[0\]\.scopes\[0\]: .*did you mean "read"/),
        expect.stringMatching(/\.yaml:\d+:\d+: portal: must be a path/),
      ],
    });
  });

  it('keeps the previous configuration if the file is gone', async () => {
    const gateway = await aReloadableGateway();
    rmSync(gateway.file);
    expect(await gateway.reload()).toEqual({
      outcome: 'refused',
      messages: [`${gateway.file}: there is no such file`],
    });
    expect((await gateway.send(['GET /orders/health HTTP/1.1'])).status).toBe(200);
  });

  it('changes the log level and turns the access log on and off', async () => {
    const gateway = await aReloadableGateway();
    const requests = (): number => gateway.lines.filter(({ msg }) => msg === 'request').length;
    await gateway.send(['GET /orders/health HTTP/1.1']);
    expect(requests()).toBe(0);

    gateway.write({ log: { access: true } });
    await gateway.reload();
    await gateway.send(['GET /orders/health HTTP/1.1']);
    await until(() => requests() === 1);

    gateway.write({ log: { access: true, level: 'warn' } });
    await gateway.reload();
    await gateway.send(['GET /orders/health HTTP/1.1']);
    gateway.write({});
    await gateway.reload();
    await gateway.send(['GET /orders/health HTTP/1.1']);
    expect(gateway.lastReload()).toMatchObject({ msg: 'Reloaded', removed: ['log'] });
    expect(requests()).toBe(1);
  });

  it('logs that nothing has changed', async () => {
    const gateway = await aReloadableGateway();
    expect(await gateway.reload()).toEqual({ outcome: 'unchanged' });
    expect(gateway.lastReload()).toMatchObject({ level: 30, msg: 'Nothing to reload: nothing has changed' });
  });

  it('logs no value of the file', async () => {
    const gateway = await aReloadableGateway();
    gateway.write({
      users: [{ ...JOHN, organization: 'johnsorg', roles: ['clerk'], password: 'another-s3cret' }],
      applications: [anApplication({ consumerSecret: 'next-s3cret' })],
    });
    await gateway.reload();
    expect(gateway.lastReload()).toMatchObject({
      removed: ['users.jane@gmail.com@johnsorg'],
      changed: ['users.john@gmail.com@johnsorg.password', 'applications.Orders app.consumerSecret'],
    });
    expect(JSON.stringify(gateway.lines)).not.toContain('s3cret');
  });

  it('ends the tokens of a user that is no longer declared, and of one with another password', async () => {
    const gateway = await aReloadableGateway();
    const [johns, janes] = [await gateway.token('read'), await gateway.token('read', JANE)];
    gateway.write({ users: [{ ...JOHN, organization: 'johnsorg', roles: ['clerk'] }] });
    await gateway.reload();
    expect((await gateway.send(LIST, { token: janes })).status).toBe(401);
    expect((await gateway.send(LIST, { token: johns })).status).toBe(200);

    gateway.write({ users: [{ ...JOHN, organization: 'johnsorg', roles: ['clerk'], password: 'another' }] });
    await gateway.reload();
    expect((await gateway.send(LIST, { token: johns })).status).toBe(401);
    expect(await gateway.token('read', { ...JOHN, password: 'another' })).toMatch(/^sga_/);
  });

  it('refuses as a whole what needs a restart, and lists it', async () => {
    const gateway = await aReloadableGateway(withScopes('read'));
    const token = await gateway.token('read');
    gateway.write({ ...withScopes('update'), listen: { host: '127.0.0.2', port: 1 }, metrics: {}, workers: 2 });
    expect(await gateway.reload()).toMatchObject({
      outcome: 'refused',
      messages: [
        expect.stringMatching(/:\d+:\d+: listen\.host: needs a restart: /),
        expect.stringMatching(/:\d+:\d+: listen\.port: needs a restart: /),
        expect.stringMatching(/:\d+:\d+: metrics\.host: needs a restart: /),
        expect.stringMatching(/:\d+:\d+: metrics\.port: needs a restart: /),
        expect.stringMatching(/:\d+:\d+: workers: needs a restart: /),
      ],
    });
    expect((await gateway.send(LIST, { token })).status).toBe(200);
  });

  it('finishes requests in flight on the upstream that they were sent to, on connections that stay open', async () => {
    const [held, next] = [await aHeldUpstream(), await namedUpstream('next')];
    const gateway = await aReloadableGateway({ apis: { orders: anApi(held.url) } });
    const request = 'GET /orders/health HTTP/1.1\r\nHost: a\r\n\r\n';
    const parts = async function* () {
      yield request;
      await held.asked();
      gateway.write({ apis: { orders: anApi(next.url) } });
      expect(await gateway.reload()).toMatchObject({ outcome: 'reloaded' });
      held.answer('held');
      yield request;
    };
    const { responses } = await exchangeRaw(gateway.port, parts(), { responses: 2 });
    expect(responses.map(({ status, body }) => [status, body])).toEqual([
      [200, 'held'],
      [200, 'next'],
    ]);
    await until(() => held.sockets.size === 0);
  });

  it('cuts off requests that began before it and do not finish in time, and logs their number', async () => {
    const held = await aHeldUpstream();
    const gateway = await aReloadableGateway({ apis: { orders: anApi(held.url) } }, { limits: { drainDeadline: 50 } });
    const hanging = gateway.send(['GET /orders/health HTTP/1.1']).catch(String);
    await held.asked();
    gateway.write(withScopes('read'));
    await gateway.reload();
    expect(await hanging).toContain('The server closed the connection');
    await until(() => gateway.lines.some(({ requests, level }) => requests === 1 && level === 40));
    expect(held.sockets.size).toBe(0);
  });

  it('closes the Redis connections of the previous configuration', async () => {
    const redis = await ownRedis();
    const client = await redis.client();
    const connections = async () =>
      String(await client.client('LIST'))
        .trim()
        .split('\n').length;
    const gateway = await aReloadableGateway(withScopes('read'), { redis: redis.url });
    const before = await connections();
    for (const scope of ['update', 'read', 'update']) {
      gateway.write(withScopes(scope));
      expect(await gateway.reload()).toMatchObject({ outcome: 'reloaded' });
    }
    await until(async () => (await connections()) === before);
  });

  it('keeps the previous configuration while Redis is away, and logs it', async () => {
    const redis = await ownRedis();
    const gateway = await aReloadableGateway(withScopes('read'), { redis: redis.url, limits: { reloadDeadline: 200 } });
    await redis.stop();
    gateway.write(withScopes('update'));
    expect(await gateway.reload()).toMatchObject({
      outcome: 'refused',
      messages: [expect.stringContaining('the store was not ready within 200 ms: Redis does not reply')],
    });
    expect((await gateway.send(['GET /health/live HTTP/1.1'])).status).toBe(200);
  });

  it('keeps the previous configuration, and all tokens, if a declared name is taken', async () => {
    const gateway = await aReloadableGateway();
    const taken = scopegate({
      issuer: 'http://127.0.0.1',
      scopes: { read: 'See orders' },
      organizations: [{ key: 'johnsorg' }],
      redis: await testRedis(),
      prefix: gateway.prefix,
    });
    await taken.directory.users.create({ username: 'kim', organization: 'johnsorg', password: 'kim-password' });
    await taken.close();
    const token = await gateway.token('read');
    const kim = { username: 'kim', organization: 'johnsorg', password: 'kim-password' };
    gateway.write({ users: [{ ...JOHN, organization: 'johnsorg', password: 'another-password' }, kim] });
    expect(await gateway.reload()).toMatchObject({
      outcome: 'refused',
      messages: [expect.stringMatching(/:\d+:\d+: users\[1\]\.username: is also the name of a user that was created/)],
    });
    expect((await gateway.send(LIST, { token })).status).toBe(200);
    expect(await gateway.token('read')).toMatch(/^sga_/);
  });

  it('registers the declared records again after a reload that failed on the way', async () => {
    const redis = await ownRedis();
    const gateway = await aReloadableGateway(withScopes('read'), { redis: redis.url, limits: { reloadDeadline: 200 } });
    redis.pause();
    gateway.write(withScopes('update'));
    expect(await gateway.reload()).toMatchObject({ outcome: 'refused' });
    redis.resume();
    gateway.write(withScopes('read'));
    await until(async () => (await gateway.reload()).outcome === 'reloaded');
    expect(await gateway.reload()).toEqual({ outcome: 'unchanged' });
  });

  it('reads the OpenAPI documents again', async () => {
    const document = (scope: string) =>
      aFile(
        JSON.stringify({
          openapi: '3.0.3',
          info: { title: 'Orders', version: '1' },
          paths: { '/': { get: { security: [{ oauth: [scope] }], responses: {} } } },
          components: { securitySchemes: { oauth: { type: 'oauth2', flows: {} } } },
        }),
        'reloaded.openapi.json',
      );
    const { resources: _, ...api } = anApi('demo:orders', { openapi: document('read') });
    const gateway = await aReloadableGateway({ apis: { orders: api } });
    const token = await gateway.token('read');
    expect((await gateway.send(LIST, { token })).status).toBe(200);
    document('update');
    expect(await gateway.reload()).toMatchObject({
      differences: { added: [], removed: [], changed: ['apis.orders.openapi: OpenAPI document changed'] },
    });
    expect((await gateway.send(LIST, { token })).status).toBe(403);
  });

  it('keeps tokens without Redis as well, and ends those of a user that is no longer declared', async () => {
    const gateway = await aReloadableGateway(withScopes('read'), { redis: undefined });
    const [johns, janes] = [await gateway.token('read'), await gateway.token('read', JANE)];
    for (const user of [johns, janes]) expect((await gateway.send(LIST, { token: user })).status).toBe(200);
    gateway.write({ ...withScopes('read'), users: [{ ...JOHN, organization: 'johnsorg', roles: ['clerk'] }] });
    expect(await gateway.reload()).toMatchObject({ outcome: 'reloaded' });
    expect((await gateway.send(LIST, { token: johns })).status).toBe(200);
    expect((await gateway.send(LIST, { token: janes })).status).toBe(401);
    expect(gateway.lines.filter(({ store }) => store === 'memory')).toHaveLength(1);
  });

  it('runs one at a time, and the version of the file that was written last is in effect at the end', async () => {
    const gateway = await aReloadableGateway({ realm: 'first' });
    gateway.write({ realm: 'second' });
    const first = gateway.reload();
    gateway.write({ realm: 'third' });
    const others = [gateway.reload(), gateway.reload(), gateway.reload()];
    expect(new Set(others).size).toBe(1);
    expect(await first).toMatchObject({ outcome: 'reloaded' });
    expect(await others[0]).toMatchObject({ outcome: 'reloaded' });
    expect(valuesOf(await gateway.send(LIST), 'www-authenticate')).toEqual([expect.stringContaining('realm="third"')]);
  });

  it('keeps the page of metrics, on which counters continue', async () => {
    const gateway = await aReloadableGateway({ ...withScopes('read'), metrics: { port: 0 } });
    const page = String(gateway.lines.find(({ url }) => typeof url === 'string')?.['url']);
    const issued = async () => /^scopegate_issued_total\{.*\} (\d+)$/m.exec(await (await fetch(page)).text())?.[1];
    await gateway.token('read');
    expect(await issued()).toBe('1');
    gateway.write({ ...withScopes('update'), metrics: { port: 0 } });
    await gateway.reload();
    await gateway.token('update');
    expect(await issued()).toBe('2');
  });

  it('is refused while the gateway stops, and does not delay the stop', async () => {
    const redis = await ownRedis();
    const gateway = await aReloadableGateway(withScopes('read'), { redis: redis.url });
    await redis.stop();
    gateway.write(withScopes('update'));
    const reload = gateway.reload(); // waits for Redis
    await gateway.close();
    expect(await reload).toMatchObject({ outcome: 'refused', messages: ['the gateway is stopping'] });
    expect(await gateway.reload()).toMatchObject({ outcome: 'refused', messages: ['the gateway is stopping'] });
  });

  it('is refused if the gateway stops before it begins, and registers no records then', async () => {
    const held = await aHeldUpstream();
    const keys = { apis: { orders: anApi(held.url) }, shutdown: { delay: 5_000 } };
    const gateway = await aReloadableGateway(keys);
    const token = await gateway.token('read', JANE);
    const hanging = gateway.send(['GET /orders/health HTTP/1.1']);
    await held.asked();
    const changed = { ...keys, realm: 'changed' };
    gateway.write(changed);
    expect(await gateway.reload()).toMatchObject({ outcome: 'reloaded' });

    gateway.write({ ...changed, users: [{ ...JOHN, organization: 'johnsorg', roles: ['clerk'] }] });
    const reload = gateway.reload(); // waits for the request in flight
    const closed = gateway.close();
    held.answer('held');
    expect((await hanging).status).toBe(200);
    expect(await reload).toMatchObject({ outcome: 'refused', messages: ['the gateway is stopping'] });
    expect((await gateway.send(['POST /token/unknown HTTP/1.1'])).status).toBe(404); // it still serves
    expect((await gateway.send(['PUT /orders/1 HTTP/1.1'], { token })).status).toBe(403); // and not 401
    await closed;
  }, 30_000);
});
