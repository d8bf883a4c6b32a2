import { exchangeRaw, valuesOf } from '../../test/support/http/raw-http';
import { until } from '../../test/support/time/waiting';
import { faultsWith } from './support/faults';
import { aConfiguration, aFile, aGateway } from './support/gateway';
import { buildGateway, runProcess, urlIn } from './support/gateway-process';
import { anUpstream } from './support/upstream';

const GET = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`;

describe('shutdown in the file', () => {
  it.each([
    [{ delay: -1 }, 'shutdown.delay: must be a whole number of milliseconds from 0 to 3600000'],
    [{ delay: '5s' }, 'shutdown.delay: must be a whole number of milliseconds from 0 to 3600000'],
    [{ deadline: 3_600_001 }, 'shutdown.deadline: must be a whole number of milliseconds from 0 to 3600000'],
    [{ timeout: 1 }, 'shutdown.timeout: is unknown; known are delay, deadline'],
    [5_000, 'shutdown: must be a map; known keys are delay, deadline'],
  ])('is refused: %j', async (shutdown, fault) => {
    expect(await faultsWith({ shutdown })).toEqual([fault]);
  });

  it('limits the time for the requests in flight', async () => {
    const sockets = new Set();
    const upstream = await anUpstream(({ socket }) => void sockets.add(socket));
    const keys = { shutdown: { deadline: 50 } };
    const gateway = await aGateway({ upstream: upstream.url, keys, limits: { drainDeadline: 600_000 } });
    const hanging = exchangeRaw(gateway.port, GET('/orders/health'));
    await until(() => sockets.size > 0);
    await gateway.close();
    expect(await hanging).toMatchObject({ closed: true, responses: [] });
  });
});

describe('a gateway that stops after a delay', () => {
  beforeAll(buildGateway, 120_000);

  const started = async (delay: number) => {
    const keys = { shutdown: { delay }, log: { access: true } };
    const gateway = runProcess(['--config', aFile(JSON.stringify(aConfiguration(keys)))]);
    const { port } = new URL(urlIn(await gateway.ready));
    return { gateway, port: Number(port) };
  };

  it('is not ready immediately, serves on, and announces the end of each connection', async () => {
    const { gateway, port } = await started(600_000);
    const parts = async function* () {
      yield GET('/orders/health'); // a connection that was open before
      await until(() => gateway.log().includes('"msg":"request"')); // the response has been sent
      gateway.child.kill('SIGTERM');
      await until(() => gateway.log().includes('still serving'));
      yield GET('/orders/health');
    };
    const { responses, closed } = await exchangeRaw(port, parts(), { responses: 2, deadlineMs: 20_000 });
    expect(responses.map(({ status }) => status)).toEqual([200, 200]);
    expect(responses[1] && valuesOf(responses[1], 'connection')).toEqual(['close']);
    expect(closed).toBe(true);

    const ready = await exchangeRaw(port, GET('/health/ready'));
    expect(ready.responses).toEqual([
      expect.objectContaining({ status: 503, body: expect.stringContaining('draining') }),
    ]);
    const served = await exchangeRaw(port, GET('/orders/health'));
    expect(served.responses).toEqual([expect.objectContaining({ status: 200 })]);
    expect(gateway.child.exitCode).toBeNull();
  });

  it('ends at a second signal', async () => {
    const { gateway } = await started(600_000);
    gateway.child.kill('SIGTERM');
    await until(() => gateway.log().includes('still serving'));
    await until(() => {
      gateway.child.kill('SIGTERM'); // the same press of Ctrl-C counts once
      return gateway.child.exitCode !== null;
    });
    expect(await gateway.ended).toEqual({ code: 1, signal: null });
  });

  it('exits with 0 after the delay, even if connections are idle', async () => {
    const { gateway, port } = await started(300);
    const idle = exchangeRaw(port, GET('/orders/health'), { untilClosed: true, deadlineMs: 60_000 });
    const began = performance.now();
    gateway.child.kill('SIGTERM');
    expect(await gateway.ended).toEqual({ code: 0, signal: null });
    expect(performance.now() - began).toBeGreaterThanOrEqual(299);
    expect((await idle).closed).toBe(true);
  });
});
