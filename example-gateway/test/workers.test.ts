import type { ServerResponse } from 'node:http';
import { writeFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import { scopegate } from 'scopegate';
import { BUILD_DEADLINE_MS, buildCommand } from '../../test/support/cli/command';
import { silentLogger } from '../../test/support/gate/gate';
import { randomPrefix, redisAddress, testRedis } from '../../test/support/redis/redis';
import { after, until } from '../../test/support/time/waiting';
import { aConfiguration, aFile, anApi, APPLICATION, JOHN, signInForm } from './support/gateway';
import {
  isAlive,
  lineOf,
  request,
  signalGroup,
  startProcess,
  valuesIn,
  workerPids,
  type GatewayProcess,
} from './support/worker-processes';
import { anUpstream } from './support/upstream';

const REQUESTS = 24;
const DENIED = 'scopegate_denied_total{place="guard",status="401",reason="no_token"}';
const CRASHES = 'scopegate_worker_crashes_total{worker="1"}';

/** Keys of a gateway with two workers on a free port. */
const twoWorkers = (keys: Readonly<Record<string, unknown>> = {}) =>
  aConfiguration({ workers: 2, metrics: { port: 0 }, redis: redisAddress(), prefix: randomPrefix(), ...keys });

const startTwo = (keys?: Readonly<Record<string, unknown>>, environment?: Readonly<Record<string, string>>) =>
  startProcess(['--config', aFile(JSON.stringify(twoWorkers(keys)))], environment);

const post = async (url: string, path: string, form: Readonly<Record<string, string>>, secret = 'secret') => {
  const basic = Buffer.from(`${APPLICATION.consumerKey}:${secret}`).toString('base64');
  const headers = [`Authorization: Basic ${basic}`, 'Content-Type: application/x-www-form-urlencoded'];
  return request(url, `POST ${path}`, headers, new URLSearchParams(form).toString());
};

const aToken = async (url: string, scope = 'read update'): Promise<string> => {
  const { body } = await post(url, '/token', signInForm(scope, JOHN));
  return String((JSON.parse(body) as { access_token: unknown }).access_token);
};

const bearer = (token: string): readonly string[] => [`Authorization: Bearer ${token}`];

const get = async (url: string, path: string, headers?: readonly string[]): Promise<number> =>
  (await request(url, `GET ${path}`, headers)).status;

/** Repeats a request over connections of their own, so that each worker gets some. */
const repeat = <T>(send: () => Promise<T>, times = REQUESTS): Promise<readonly T[]> =>
  Promise.all(Array.from({ length: times }, send));

const scrape = async (gateway: GatewayProcess): Promise<ReadonlyMap<string, number>> => {
  const { url } = await lineOf(gateway, 'Metrics are served on a port of their own');
  return valuesIn(await (await fetch(String(url))).text());
};

const pidOf = (gateway: GatewayProcess, worker: number): number => {
  const pid = workerPids(gateway).get(worker);
  if (pid === undefined) throw new Error(`worker ${worker} has not listened`);
  return pid;
};

const countReadyLines = ({ output }: GatewayProcess): number => output().match(/gateway ready on/g)?.length ?? 0;

/** A script that every worker process loads first. `worker` is its number among all that were started. */
const aPreload = (name: string, statement: string): Readonly<Record<string, string>> => {
  const script = `const worker = require('node:cluster').worker?.id ?? 0; if (worker > 0) { ${statement} }`;
  return { NODE_OPTIONS: `--require ${aFile(script, name)}` };
};

beforeAll(buildCommand, BUILD_DEADLINE_MS);

describe('a gateway with workers', () => {
  let gateway: GatewayProcess;
  let url: string;

  beforeAll(async () => {
    gateway = startTwo({ log: { access: true } });
    url = await gateway.ready;
  });

  it('prints the ready line once all workers listen, and nothing else', () => {
    expect(gateway.output()).toBe(`example gateway ready on ${url}\n`);
    expect(new Set(workerPids(gateway).keys())).toEqual(new Set([1, 2]));
    expect(new Set([...workerPids(gateway).values(), gateway.pid]).size).toBe(3);
  });

  it('serves the sum of the counters of all workers', async () => {
    const before = (await scrape(gateway)).get(DENIED) ?? 0;
    expect(new Set(await repeat(() => get(url, '/orders')))).toEqual(new Set([401]));
    const values = await scrape(gateway);
    expect(values.get(DENIED)).toBe(before + REQUESTS);
    expect(values.get('scopegate_store_up{store="redis"}')).toBe(1);
    expect(values.get('scopegate_workers{state="configured"}')).toBe(2);
    expect(values.get('scopegate_workers{state="ready"}')).toBe(2);
    expect(values.get('scopegate_workers{state="silent"}')).toBe(0);
    for (const worker of ['1', '2', 'primary']) {
      expect(values.get(`process_resident_memory_bytes{worker="${worker}"}`)).toBeGreaterThan(0);
    }
  });

  it('shares one demo upstream, so that a change is visible whichever worker serves the request', async () => {
    const headers = bearer(await aToken(url));
    const change = JSON.stringify({ status: 'returned' });
    await request(url, 'PUT /orders/1', [...headers, 'Content-Type: application/json'], change);
    for (const { body } of await repeat(() => request(url, 'GET /orders/1', headers))) {
      expect(body).toContain('"status":"returned"');
    }
  });

  it('refuses a revoked token in every worker', async () => {
    const token = await aToken(url);
    const statuses = () => repeat(() => get(url, '/orders', bearer(token)));
    expect(new Set(await statuses())).toEqual(new Set([200])); // each worker caches it
    expect((await post(url, '/revoke', { token })).status).toBe(200);
    await until(async () => (await statuses()).every((status) => status === 401), 5_000);
    expect(new Set(await statuses())).toEqual(new Set([401]));
  });

  it('counts failed sign-ins of all workers together', async () => {
    const attempts = await repeat(() => post(url, '/token', { grant_type: 'client_credentials' }, 'wrong'));
    const statuses = attempts.map(({ status }) => status);
    expect(statuses.filter((status) => status === 401)).toHaveLength(10);
    expect(statuses.filter((status) => status === 429)).toHaveLength(REQUESTS - 10);
  });

  it('adds the number of the worker to its log lines', async () => {
    await repeat(() => get(url, '/orders/health', ['X-Forwarded-For: 203.0.113.9'])); // each worker warns once
    const warnings = () => gateway.lines().filter(({ msg }) => msg.startsWith('X-Forwarded-For'));
    await until(() => warnings().length === 2);
    expect(warnings().map(({ worker, pid }) => [worker, pid])).toEqual(
      expect.arrayContaining([...workerPids(gateway)]),
    );
  });

  it('logs lines of JSON only, with the access log and metrics enabled', async () => {
    expect(await get(url, '/orders/health')).toBe(200);
    await until(() => gateway.lines().some(({ msg, resource }) => msg === 'request' && resource === '/health'));
    expect(
      gateway
        .log()
        .split('\n')
        .filter((line) => line !== '' && !line.startsWith('{')),
    ).toEqual([]);
  });

  it('ignores SIGUSR2, and acts on SIGHUP once, if a terminal sends them to the workers as well', async () => {
    for (const signal of ['SIGHUP', 'SIGUSR2'] as const) signalGroup(gateway.pid, signal);
    const lines = () => gateway.lines().filter(({ msg }) => /reload/i.test(msg));
    await until(() => lines().length === 2);
    expect(new Set(await repeat(() => get(url, '/health/ready')))).toEqual(new Set([200]));
    expect(lines().map(({ worker }) => worker)).toEqual([undefined, undefined]);
  });

  it('keeps the counters of a worker that does not send its metrics in time, and reports it', async () => {
    const before = await scrape(gateway);
    process.kill(pidOf(gateway, 1), 'SIGSTOP');
    const values = await scrape(gateway);
    process.kill(pidOf(gateway, 1), 'SIGCONT');
    expect(values.get('scopegate_workers{state="silent"}')).toBe(1);
    expect(values.get(DENIED)).toBe(before.get(DENIED));
    expect(values.has('process_resident_memory_bytes{worker="1"}')).toBe(false);
    expect(values.get('scopegate_store_up{store="redis"}')).toBe(1);
  });
});

describe('a worker that ends', () => {
  it('is replaced while the other serves requests, and no counter decreases', async () => {
    const file = aFile(JSON.stringify(twoWorkers()));
    const gateway = startProcess(['--config', file]);
    const url = await gateway.ready;
    await repeat(() => get(url, '/orders'));
    const before = await scrape(gateway);
    expect(before.get(DENIED)).toBe(REQUESTS);

    writeFileSync(file, 'faulty: [');
    const killed = pidOf(gateway, 1);
    process.kill(killed, 'SIGKILL');
    await lineOf(gateway, 'A worker has ended and is replaced');
    let sent = 0;
    while (pidOf(gateway, 1) === killed) {
      expect(await get(url, '/orders/health')).toBe(200);
      expect((await scrape(gateway)).get(DENIED)).toBe(REQUESTS);
      sent += 1;
    }
    expect(sent).toBeGreaterThan(0);
    await repeat(() => get(url, '/orders'));
    const values = await scrape(gateway);
    expect(values.get(DENIED)).toBe(2 * REQUESTS);
    expect(values.get(CRASHES)).toBe(1);
    const decreased = [...before].filter(
      ([series, value]) => /_(?:total|count|sum|bucket)\b/.test(series) && (values.get(series) ?? 0) < value,
    );
    expect(decreased.filter(([series]) => !/active_(?:resources|handles|requests)/.test(series))).toEqual([]);
    expect(countReadyLines(gateway)).toBe(1);
    expect(await gateway.ready).toBe(url);
  });

  it('leaves no client waiting on a connection that was passed to it and that it has not accepted', async () => {
    const gateway = startTwo();
    const url = await gateway.ready;
    const stuck = pidOf(gateway, 1);
    process.kill(stuck, 'SIGSTOP');
    const results: string[] = [];
    for (let sent = 0; sent < 4; sent += 1) {
      const socket = connect(Number(new URL(url).port), '127.0.0.1');
      socket.on('error', () => undefined);
      let result = 'closed';
      socket.once('data', () => {
        result = 'answered';
        socket.destroy();
      });
      socket.once('close', () => results.push(result));
      socket.write('GET /orders/health HTTP/1.1\r\nHost: a\r\n\r\n');
    }
    await until(() => results.length === 3);
    expect(results).toEqual(['answered', 'answered', 'answered']);
    process.kill(stuck, 'SIGKILL');
    await until(() => results.length === 4);
    expect(results).toContain('closed');
  });

  it('keeps the port when all workers have ended', async () => {
    const gateway = startTwo();
    const url = await gateway.ready;
    const pids = [...workerPids(gateway).values()];
    for (const pid of pids) process.kill(pid, 'SIGKILL');
    await until(() => [...workerPids(gateway).values()].every((pid) => !pids.includes(pid)));
    expect(new Set(await repeat(() => get(url, '/orders/health')))).toEqual(new Set([200]));
  });

  it('leaves the others serving if its replacements end repeatedly', async () => {
    const gateway = startTwo({}, aPreload('third.cjs', "if (worker > 2) process.kill(process.pid, 'SIGKILL');"));
    const url = await gateway.ready;
    process.kill(pidOf(gateway, 2), 'SIGKILL');
    const line = await lineOf(gateway, 'A worker ends repeatedly; the others continue to serve requests');
    expect(line).toMatchObject({ level: 50, worker: 2, signal: 'SIGKILL', delayMs: 10_000 });
    expect(new Set(await repeat(() => get(url, '/orders/health')))).toEqual(new Set([200]));
  });
});

/** Creates a user at run time, by another gate. */
const createUser = async (prefix: string, username: string): Promise<void> => {
  const redis = await testRedis();
  const organizations = [{ key: 'johnsorg' }];
  const gate = scopegate({ issuer: 'http://127.0.0.1', redis, prefix, organizations, logger: silentLogger });
  await gate.directory.users.create({ username, organization: 'johnsorg', password: 'some-password' });
  await gate.close();
};

describe('a reload of workers', () => {
  const prefix = randomPrefix();
  const apisWith = (keys: Readonly<Record<string, unknown>>) => {
    const health = { path: '/health', methods: ['GET'], ...keys };
    return { orders: anApi('demo:orders', { resources: [{ path: '/', methods: ['GET'], scopes: ['read'] }, health] }) };
  };
  const keys = twoWorkers({ prefix, apis: apisWith({ public: true }) });
  let file: string;
  let gateway: GatewayProcess;
  let url: string;

  beforeAll(async () => {
    file = aFile(JSON.stringify(keys));
    gateway = startProcess(['--config', file]);
    url = await gateway.ready;
  });

  const reloadLines = () =>
    gateway.lines().filter(({ msg }) => /^(?:Reloaded|Not reloaded|Nothing to reload)/.test(msg));

  /** Reloads the file with other keys, and returns the log line. */
  const reload = async (changed: Readonly<Record<string, unknown>>) => {
    const before = reloadLines().length;
    writeFileSync(file, JSON.stringify({ ...keys, ...changed }));
    process.kill(gateway.pid, 'SIGHUP');
    await until(() => reloadLines().length > before);
    return reloadLines().at(-1);
  };

  const expectStatusOfAll = async (status: number): Promise<void> =>
    expect(new Set(await repeat(() => get(url, '/orders/health')))).toEqual(new Set([status]));

  it('changes no worker if the file has faults or needs a restart', async () => {
    const [faulty, restart] = [await reload({ scopes: 1 }), await reload({ workers: 3 })];
    expect(faulty).toMatchObject({
      msg: expect.stringMatching(/^Not reloaded/),
      faults: expect.arrayContaining([expect.stringContaining(': scopes: must be')]),
    });
    expect(restart?.['faults']).toEqual([expect.stringMatching(/: workers: needs a restart: it cannot change/)]);
    await expectStatusOfAll(200);
    expect(workerPids(gateway).size).toBe(2);
  });

  it('changes no worker if the first one refuses it', async () => {
    const pids = workerPids(gateway);
    await createUser(prefix, 'zoe');
    const users = [{ username: 'zoe', organization: 'johnsorg', password: 'other-password' }];
    const refused = await reload({ apis: apisWith({ scopes: ['read'] }), users, applications: [] });
    expect(refused).toMatchObject({
      msg: expect.stringMatching(/^Not reloaded/),
      faults: [expect.stringContaining('is also the name of a user that was created at run time')],
    });
    await expectStatusOfAll(200);
    expect(workerPids(gateway)).toEqual(pids);
  });

  it('changes all workers and their replacements, is logged once, and no counter decreases', async () => {
    await repeat(() => get(url, '/orders'));
    const lines = reloadLines().length;
    expect(await reload({ apis: apisWith({ scopes: ['read'] }) })).toMatchObject({
      msg: 'Reloaded',
      added: ['apis.orders.resources[1].scopes'],
      removed: ['apis.orders.resources[1].public'],
    });
    expect(reloadLines()).toHaveLength(lines + 1);
    expect(reloadLines().filter(({ worker }) => worker !== undefined)).toEqual([]);
    expect((await scrape(gateway)).get(DENIED)).toBe(REQUESTS);
    await expectStatusOfAll(401);
    expect((await scrape(gateway)).get(DENIED)).toBe(2 * REQUESTS);

    const killed = pidOf(gateway, 1);
    process.kill(killed, 'SIGKILL');
    await until(() => pidOf(gateway, 1) !== killed);
    await expectStatusOfAll(401);
  });
});

describe('a start with workers', () => {
  it('is refused with the reason of a worker, once, as without workers', async () => {
    const holder = createServer();
    await new Promise<void>((resolve) => {
      holder.listen(0, '127.0.0.1', resolve);
    });
    const { port } = holder.address() as AddressInfo;
    const gateway = startTwo({ listen: { port } });
    expect(await gateway.ended).toEqual({ code: 1, signal: null });
    expect(gateway.output()).toBe('');
    expect(
      gateway
        .log()
        .split('\n')
        .filter((line) => !line.startsWith('{')),
    ).toEqual([
      `cannot listen on 127.0.0.1:${port}: the port is in use; choose another with --port`,
      'See docs/errors.md#gateway-address',
      '',
    ]);
    await new Promise((resolve) => holder.close(resolve));
  });

  it('is given up if each worker ends repeatedly before it listens', async () => {
    const gateway = startTwo({}, aPreload('all.cjs', "process.kill(process.pid, 'SIGKILL');"));
    expect(await gateway.ended).toEqual({ code: 1, signal: null });
    expect(gateway.output()).toBe('');
    expect(gateway.log()).toMatch(
      /^cannot start: each worker process has ended repeatedly .*\nSee docs\/errors.md#gateway-workers\n$/m,
    );
    expect(gateway.lines().length).toBeLessThanOrEqual(1 + 2 * 5);
  });

  it('needs a Redis', async () => {
    const gateway = startTwo({ redis: undefined });
    expect(await gateway.ended).toEqual({ code: 1, signal: null });
    expect(gateway.log()).toMatch(/: workers: needs redis: .*\nSee docs\/errors.md#gateway-file\n$/);
  });
});

describe('a stopping gateway with workers', () => {
  /** A gateway with requests that have reached their upstream, which answers when the test allows it. */
  const aBusyGateway = async () => {
    const held: ServerResponse[] = [];
    const upstream = await anUpstream((_request, response) => held.push(response));
    const gateway = startTwo({ apis: { orders: anApi(upstream.url) } });
    const url = await gateway.ready;
    const responses = repeat(() => request(url, 'GET /orders/health'), 4); // two for each worker
    responses.catch(() => undefined);
    await until(() => held.length === 4);
    return { gateway, url, responses, answer: () => held.forEach((response) => response.end('whole')) };
  };

  const expectNoneAlive = (gateway: GatewayProcess): Promise<void> =>
    until(() => ![...workerPids(gateway).values()].some(isAlive));

  it.each(['SIGTERM', 'SIGINT'] as const)('finishes the requests in flight on %s of its group', async (signal) => {
    const { gateway, url, responses, answer } = await aBusyGateway();
    signalGroup(gateway.pid, signal);
    await lineOf(gateway, 'Stopping: requests in flight are finished first');
    await until(() =>
      get(url, '/health/live').then(
        () => false,
        () => true,
      ),
    ); // no worker listens
    answer();
    expect((await responses).map(({ body }) => body)).toEqual(['whole', 'whole', 'whole', 'whole']);
    expect(await gateway.ended).toEqual({ code: 0, signal: null });
    expect(gateway.log()).not.toContain('replaced');
    await expectNoneAlive(gateway);
  });

  it('ends all processes on a second signal', async () => {
    const { gateway } = await aBusyGateway();
    process.kill(gateway.pid, 'SIGTERM');
    await after(700);
    expect(isAlive(gateway.pid)).toBe(true);
    process.kill(gateway.pid, 'SIGTERM');
    expect(await gateway.ended).toEqual({ code: 1, signal: null });
    await expectNoneAlive(gateway);
  });

  it('ends the workers if the primary is killed', async () => {
    const { gateway } = await aBusyGateway();
    process.kill(gateway.pid, 'SIGKILL');
    await expectNoneAlive(gateway);
  });
});
