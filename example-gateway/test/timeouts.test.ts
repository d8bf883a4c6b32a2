import { faultsWith, read } from './support/faults';
import { aConfiguration, aGateway, anApi } from './support/gateway';
import { rawUpstream } from './support/upstream';

const A = 'http://10.0.0.1:9001';

type Keys = Readonly<Record<string, unknown>>;

const faultsOfApi = (keys: Keys): Promise<readonly string[]> => faultsWith({ apis: { orders: anApi(A, keys) } });

const readApi = (keys: Keys, environment = {}) => {
  const { apis, options } = read(JSON.stringify(aConfiguration({ apis: { orders: anApi(A, keys) } })), environment);
  const [api] = apis;
  if (api === undefined) throw new Error('the file has no API');
  return { api, options };
};

describe('the time limits of an API', () => {
  it('are those of the file, and the defaults for the others', () => {
    const { api, options } = readApi({ timeouts: { response: 120_000 } });
    expect(api.timeouts).toEqual({ response: 120_000 });
    expect(options['apis']).not.toHaveProperty(['orders', 'timeouts']);
    expect(readApi({ timeouts: {} }).api.timeouts).toEqual({});
  });

  it('may be given by the environment', () => {
    expect(readApi({ timeouts: { idle: '${IDLE}' } }, { IDLE: '500' }).api.timeouts).toEqual({
      idle: 500,
    });
  });

  it.each([
    [{ connect: 0 }, 'connect: must be a whole number of milliseconds from 1 to 3600000'],
    [{ response: 3_600_001 }, 'response: must be a whole number of milliseconds from 1 to 3600000'],
    [{ idle: 1.5 }, 'idle: must be a whole number of milliseconds from 1 to 3600000'],
    [{ idle: '30s' }, 'idle: must be a whole number of milliseconds from 1 to 3600000'],
    [{ respond: 1 }, 'respond: is unknown; did you mean "response"?'],
  ])('are refused outside of their range: %j', async (timeouts, problem) => {
    expect(await faultsOfApi({ timeouts })).toEqual([`apis.orders.timeouts.${problem}`]);
  });

  it('are refused if they are not a map', async () => {
    expect(await faultsOfApi({ timeouts: 5_000 })).toEqual([
      'apis.orders.timeouts: must be a map; known keys are connect, response, idle',
    ]);
  });

  it('apply to this API, and the defaults to the others', async () => {
    const silent = await rawUpstream(() => undefined);
    const apis = {
      slow: anApi(silent.url, { context: '/slow' }),
      quick: anApi(silent.url, { context: '/quick', timeouts: { response: 300 } }),
    };
    const limits = { timeouts: { connect: 5_000, response: 1_000, idle: 1_000 } };
    const gateway = await aGateway({ keys: { apis, applications: [] }, limits });
    const durationOf = async (context: string): Promise<number> => {
      const began = performance.now();
      const { status } = await gateway.send([`GET ${context}/health HTTP/1.1`]);
      expect(status).toBe(504);
      return performance.now() - began;
    };
    const [quick, slow] = await Promise.all([durationOf('/quick'), durationOf('/slow')]);
    expect(quick).toBeGreaterThanOrEqual(300);
    expect(quick).toBeLessThan(900);
    expect(slow).toBeGreaterThanOrEqual(1_000);
  });
});
