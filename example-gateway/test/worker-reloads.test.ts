import pino from 'pino';
import { readConfiguration } from '../src/configuration/configuration';
import { Demos } from '../src/demo/demos';
import type { WorkerPool } from '../src/workers/worker-pool';
import { WorkerReloads } from '../src/workers/worker-reloads';
import { aConfiguration, aFile } from './support/gateway';

/** Workers that listen and do not reply to a reload in time. */
const silentWorkers = () => {
  const slots = [1, 2].map((worker) => ({
    worker,
    ready: {},
    hasProcess: true,
    reload: jest.fn(async () => undefined),
    replace: jest.fn(),
  }));
  return { slots, use: jest.fn() };
};

const configurationWith = (keys: Readonly<Record<string, unknown>>) =>
  readConfiguration(aFile(JSON.stringify(aConfiguration({ apis: {}, applications: [], ...keys }))), {});

describe('a reload that the first worker does not finish in time', () => {
  const reloadsOf = (pool: ReturnType<typeof silentWorkers>) =>
    new WorkerReloads(configurationWith({ realm: 'first', shutdown: { deadline: 60_000 } }), {
      file: 'gateway.yaml',
      read: () => ({ configuration: configurationWith({ realm: 'second' }), files: new Map() }),
      pool: pool as unknown as WorkerPool,
      demos: new Demos(),
      logger: pino({ level: 'silent' }),
      isStopping: () => false,
      deadlineOf: ({ shutdown }) => (shutdown.deadline ?? 0) + 1,
    });

  it('is refused, and that worker is replaced, because it could still apply the file', async () => {
    const pool = silentWorkers();
    const [first, second] = pool.slots;
    const reloads = reloadsOf(pool);
    expect(await reloads.reload()).toMatchObject({ outcome: 'refused' });
    expect(first?.replace).toHaveBeenCalledTimes(1);
    expect(second?.reload).not.toHaveBeenCalled();
    expect(second?.replace).not.toHaveBeenCalled();
    expect(pool.use).not.toHaveBeenCalled();
    expect(reloads.configuration.options).toMatchObject({ realm: 'first' });
  });

  it('has the time in which requests in flight may finish', async () => {
    const pool = silentWorkers();
    await reloadsOf(pool).reload();
    expect(pool.slots[0]?.reload).toHaveBeenCalledWith(expect.anything(), 60_001);
  });
});
