import { faultsWith, read } from './support/faults';
import { aConfiguration, anApi } from './support/gateway';

describe('the path of the authorization endpoint', () => {
  it.each([
    ['the context', { orders: anApi('demo:orders', { context: '/authorize' }) }],
    ['a path above the context', { orders: anApi('demo:orders', { context: '/authorize/orders' }) }],
  ])('cannot be %s of an API', async (_what, apis) => {
    expect(await faultsWith({ apis })).toEqual([
      'apis.orders.context: must not be or be below /authorize, where the authorization endpoint has its pages; choose another, or set paths.authorize',
    ]);
  });

  it('can be the beginning of a longer segment, and is free for an API if paths.authorize is false or another path', () => {
    const contextOf = (context: string, keys: object = {}): string | undefined => {
      const apis = { orders: anApi('demo:orders', { context }) };
      return read(JSON.stringify(aConfiguration({ apis, ...keys }))).apis[0]?.context;
    };
    expect(contextOf('/authorized')).toBe('/authorized');
    expect(contextOf('/authorize', { paths: { authorize: '/login' } })).toBe('/authorize');
    expect(contextOf('/authorize', { paths: { authorize: false } })).toBe('/authorize');
  });

  it('may be changed by an environment variable, as text or as false', () => {
    const apis = { orders: anApi('demo:orders', { context: '/authorize' }) };
    const file = JSON.stringify(aConfiguration({ apis, paths: { authorize: '${AUTHORIZE}' } }));
    for (const text of ['false', '/login']) expect(read(file, { AUTHORIZE: text }).apis).toHaveLength(1);
  });
});
