import { faultsOf, faultsWith, read } from './support/faults';
import { aConfiguration, anApi } from './support/gateway';

const A = 'http://10.0.0.1:9001';
const B = 'http://10.0.0.2:9001';

type Keys = Readonly<Record<string, unknown>>;

/** An API without an upstream, with the keys given. */
const apiWith = (keys: Keys): Keys => {
  const { upstream: _, ...api } = anApi(A);
  return { ...api, ...keys };
};

const faultsOfApi = (keys: Keys): Promise<readonly string[]> => faultsWith({ apis: { orders: apiWith(keys) } });

const readApi = (keys: Keys, environment = {}) => {
  const { apis, options } = read(JSON.stringify(aConfiguration({ apis: { orders: apiWith(keys) } })), environment);
  const [api] = apis;
  if (api === undefined) throw new Error('the file has no API');
  return { api, options };
};

const addressesOf = (upstream: ReturnType<typeof readApi>['api']['sandbox']): readonly string[] =>
  upstream?.kind === 'servers' ? upstream.urls.map(({ href }) => href) : [];

const ADDRESS = 'must be an http or https address without credentials or query, such as http://127.0.0.1:9001';
const LIST = 'must be a list of 1 to 32 addresses, such as [http://10.0.0.1:9001, http://10.0.0.2:9001]';

describe('upstreams of an API', () => {
  it('are the addresses of a list, in its order', () => {
    expect(addressesOf(readApi({ upstreams: [B, A] }).api.upstream)).toEqual([`${B}/`, `${A}/`]);
  });

  it('may be given by the environment', () => {
    const { api } = readApi({ upstreams: ['http://${HOST_A}/v1', '${B}'] }, { HOST_A: 'a', B: 'https://b:1/v1' });
    expect(addressesOf(api.upstream)).toEqual(['http://a/v1', 'https://b:1/v1']);
  });

  it('may also be a list for the sandbox', () => {
    expect(addressesOf(readApi({ upstream: A, sandbox: [A, B] }).api.sandbox)).toEqual([`${A}/`, `${B}/`]);
  });

  it.each([
    [{ upstreams: [] }, LIST],
    [{ upstreams: A }, LIST],
    [{ upstreams: Array.from({ length: 33 }, (_, index) => `http://10.0.0.${index}`) }, LIST],
  ])('are refused if they are not a list of 1 to 32 addresses: %j', async (keys, problem) => {
    expect(await faultsOfApi(keys)).toEqual([`apis.orders.upstreams: ${problem}`]);
  });

  it.each([
    [[A, 'ftp://a'], 1, ADDRESS],
    [[A, 'http://user:password@a'], 1, ADDRESS],
    [['demo:orders'], 0, ADDRESS],
    [[A, ['b']], 1, ADDRESS],
    [[A, null], 1, ADDRESS],
    [[A, B, `${A}/`], 2, 'is a duplicate'],
    [['http://a', 'http://A:80/'], 1, 'is a duplicate'],
    [[`${A}/v1`, B], 1, 'must have the same path as the first address, because all serve the same requests'],
  ])('are refused if one of them is wrong: %j', async (upstreams, index, problem) => {
    expect(await faultsOfApi({ upstreams })).toEqual([`apis.orders.upstreams[${index}]: ${problem}`]);
    const faults = await faultsOfApi({ upstream: A, sandbox: upstreams });
    expect(faults).toEqual([`apis.orders.sandbox[${index}]: ${problem}`]);
  });

  it('are refused beside upstream', async () => {
    expect(await faultsOfApi({ upstream: A, upstreams: [B] })).toEqual([
      'apis.orders.upstreams: is set beside upstream; keep one of them',
    ]);
  });

  it('are refused with line and column', async () => {
    const text = 'scopes: {}\napis:\n  orders:\n    upstreams:\n      - http://a\n      - a\n    resources: []\n';
    expect(await faultsOf(text)).toContain(`6:9: apis.orders.upstreams[1]: ${ADDRESS}`);
  });
});
