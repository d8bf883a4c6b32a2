import { StoreUnavailableError } from '../../src/protocol/errors';
import { MemoryRefusalStore } from '../../src/stores/memory/refusals';
import { MemoryUsageStore } from '../../src/stores/memory/usage';
import { numbersOf } from '../../src/usage/numbers';
import { MAX_PENDING_TALLIES } from '../../src/usage/pending-usage';
import { sumOf } from '../../src/usage/tally';
import { Usage, type RefusedRequest, type UsageServices } from '../../src/usage/usage';
import { EndingResponse } from '../support/gate/ending-response';
import { recordedLogger } from '../support/gate/gate';
import { aClock } from '../support/time/clock';

const CLIENT = { clientId: 'key', environment: 'production' } as const;

const FORBIDDEN: RefusedRequest = {
  status: 403,
  reason: 'insufficient_scope',
  api: 'orders',
  resource: '/:id',
  method: 'PUT',
  missing: ['update'],
  plan: '',
};

const opened: Usage[] = [];
afterEach(async () => {
  for (const usage of opened.splice(0)) await usage.close();
});

const open = (changes: Partial<UsageServices> = {}) => {
  const clock = aClock(1_800_000_000);
  const { logger, lines } = recordedLogger();
  const usageStore = new MemoryUsageStore();
  const added: number[] = [];
  const services: UsageServices = {
    usage: {
      add: async (increments) => {
        added.push(increments.length);
        await usageStore.add(increments);
      },
      find: (...query) => usageStore.find(...query),
    },
    refusals: new MemoryRefusalStore(clock.now),
    findApplication: async (clientId) => ({ id: `application of ${clientId}` }),
    clock: clock.now,
    logger,
    ...changes,
  };
  const usage = new Usage(services);
  opened.push(usage);
  usage.start();
  const numbers = async (application = 'application of key') =>
    numbersOf(sumOf((await usage.findFresh(application, 'hour')).counts.map(({ tally }) => tally)));
  return { usage, clock, lines, added, numbers };
};

/** Lets a request through, and ends its response. */
const serve = (usage: Usage, status = 200, api?: string, headers?: Readonly<Record<string, string>>): void => {
  const response = new EndingResponse();
  usage.follow(response, CLIENT, api);
  response.finish(status, headers);
};

describe('the usage of an application', () => {
  it('counts a request that is let through when its response ends, by the status that was sent', async () => {
    const { usage, numbers } = open();
    const response = new EndingResponse();
    usage.follow(response, CLIENT, 'orders');
    expect((await numbers()).requests).toBe(0);
    response.finish(404);
    for (const status of [200, 304, 502]) serve(usage, status);
    expect(await numbers()).toMatchObject({
      requests: 4,
      responses: { success: 1, redirect: 1, clientError: 1, serverError: 1, cancelled: 0 },
      latency: { p50: expect.any(Number) },
    });
  });

  it('counts a client that leaves before a response begins as cancelled, without a latency', async () => {
    const { usage, numbers } = open();
    const response = new EndingResponse();
    usage.follow(response, CLIENT);
    response.leave();
    const { requests, responses, latency } = await numbers();
    expect([requests, responses.cancelled, latency]).toEqual([1, 1, undefined]);
  });

  it('has no latency of a WebSocket, and counts it once', async () => {
    const { usage, numbers } = open();
    serve(usage, 101);
    const { requests, responses, latency } = await numbers();
    expect([requests, responses.success, latency]).toEqual([1, 1, undefined]);
  });

  it('counts a refusal immediately, by its status', async () => {
    const { usage, numbers } = open();
    for (const status of [401, 403, 410, 429]) usage.refuse(new EndingResponse(), CLIENT, { ...FORBIDDEN, status });
    expect(await numbers()).toMatchObject({ requests: 4, refused: { forbidden: 1, limited: 1, other: 2 } });
  });

  it('counts a request once that passes several guards, for the API that one of them names', async () => {
    const { usage } = open();
    const response = new EndingResponse();
    usage.follow(response, CLIENT);
    usage.follow(response, CLIENT, 'orders');
    usage.follow(response, CLIENT);
    response.finish(200);
    const { counts } = await usage.findFresh('application of key', 'hour');
    expect(counts.map(({ api, tally }) => [api, numbersOf(tally).requests])).toEqual([['orders', 1]]);
  });

  it('counts a request as refused that a second guard refuses', async () => {
    const { usage, numbers } = open();
    const response = new EndingResponse();
    usage.follow(response, CLIENT, 'orders');
    usage.refuse(response, CLIENT, FORBIDDEN);
    response.finish(403);
    expect(await numbers()).toMatchObject({
      requests: 1,
      refused: { forbidden: 1 },
      responses: { clientError: 0 },
    });
    expect(await usage.findFreshRefusals('application of key')).toHaveLength(1);
  });

  it('is not counted before it was started', async () => {
    const { usage } = open();
    const other = new Usage({
      usage: new MemoryUsageStore(),
      refusals: new MemoryRefusalStore(() => 0),
      findApplication: async () => ({ id: 'app' }),
      clock: () => 0,
      logger: recordedLogger().logger,
    });
    serve(other);
    other.refuse(new EndingResponse(), CLIENT, FORBIDDEN);
    other.start();
    expect((await other.findFresh('app', 'hour')).counts).toEqual([]);
    await other.close();
    expect(usage.dropped).toBe(0);
  });

  it('serves a response that cannot be listened to, without counting it', () => {
    const { usage } = open();
    const broken = {
      ...new EndingResponse(),
      on: () => {
        throw new TypeError('broken');
      },
    };
    expect(() => usage.follow(broken as never, CLIENT)).not.toThrow();
  });

  it('adds no listener above the number at which Node warns', () => {
    const { usage } = open();
    const response = new EndingResponse();
    for (let count = 0; count < 10; count += 1) response.on('close', () => undefined);
    usage.follow(response, CLIENT);
    expect(response.listenerCount('close')).toBeLessThanOrEqual(response.getMaxListeners());
  });

  it('counts in the minute in which a response ends, whenever the clock is set', async () => {
    const { usage, clock } = open();
    const began = clock.now();
    serve(usage);
    clock.advance(60);
    serve(usage);
    clock.set(began);
    serve(usage);
    clock.set(began + 60);
    const { counts } = await usage.findFresh('application of key', 'hour');
    const byMinute = counts.map(({ at, tally }) => [at - began, numbersOf(tally).requests]);
    expect(byMinute.sort(([one = 0], [other = 0]) => one - other)).toEqual([
      [0, 2],
      [60, 1],
    ]);
  });

  it('is written in one batch, and drops what exceeds 10,000 clients', async () => {
    const { usage, added } = open();
    for (let client = 0; client < MAX_PENDING_TALLIES + 7; client += 1) {
      const response = new EndingResponse();
      usage.follow(response, { clientId: `client ${client}`, environment: 'production' });
      response.finish(200);
    }
    serve(usage);
    await usage.flush();
    expect(added).toEqual([MAX_PENDING_TALLIES]);
    expect(usage.dropped).toBe(8);
  });

  it('does not include requests of an application that was removed before they were written', async () => {
    const { usage, added } = open({ findApplication: async () => undefined });
    serve(usage);
    usage.refuse(new EndingResponse(), CLIENT, FORBIDDEN);
    await usage.flush();
    expect(added).toEqual([0]);
    expect(usage.dropped).toBe(0);
  });

  it('counts the requests that cannot be written as dropped, and logs that', async () => {
    const add = async (): Promise<never> => {
      throw new StoreUnavailableError('disconnected');
    };
    const { usage, lines } = open({ usage: { add, find: async () => [] } });
    serve(usage);
    serve(usage, 500);
    await usage.flush();
    expect(usage.dropped).toBe(2);
    expect(lines.map(({ message }) => message)).toEqual(['The usage of some applications could not be written']);
  });
});

describe('the recent refusals of an application', () => {
  it('are counted by their facts, with the last one', async () => {
    const { usage, clock } = open();
    for (let count = 0; count < 3; count += 1) {
      clock.advance(1);
      usage.refuse(new EndingResponse(), CLIENT, FORBIDDEN);
    }
    usage.refuse(new EndingResponse(), CLIENT, { ...FORBIDDEN, method: 'BREW' });
    const refusals = await usage.findFreshRefusals('application of key');
    expect(refusals).toEqual([
      { ...FORBIDDEN, environment: 'production', count: 3, at: clock.now() },
      { ...FORBIDDEN, environment: 'production', method: 'OTHER', count: 1, at: clock.now() },
    ]);
  });

  it('of a flood are written in one step, at most 20 for a client and 2,000 for all', async () => {
    const written: number[] = [];
    const refusals = {
      note: async (_application: string, noted: readonly unknown[]) => void written.push(noted.length),
      list: async () => [],
    };
    const { usage } = open({ refusals });
    for (let index = 0; index < 200; index += 1) {
      for (let resource = 0; resource < 30; resource += 1) {
        const client = { clientId: `client ${index}`, environment: 'production' } as const;
        usage.refuse(new EndingResponse(), client, { ...FORBIDDEN, resource: `/${resource}` });
      }
    }
    await usage.flush();
    expect(written).toEqual(Array.from({ length: 100 }, () => 20));
  });
});
