import type { Application, SubscriptionRequest } from '../../src/directory/records';
import { requestPosition, withoutRequest, withRequest } from '../../src/directory/subscription-requests';
import type { DirectoryStore } from '../../src/directory/directory-store';
import { HOSTILE_NAMES } from '../support/tokens/records';

const aRequest = (api: string, requestedAt: number): SubscriptionRequest => ({
  id: `${api}-${requestedAt}`.replaceAll('.', '-'),
  api,
  requestedAt,
});

const anApplication = (id: string, organization?: string): Application => ({
  id,
  name: id,
  ...(organization === undefined ? {} : { organization }),
  subscriptions: [],
  introspect: false,
  enabled: true,
  keys: {},
});

/** The contract of the index of pending requests. */
export const pendingRequestsContract = (open: () => Promise<DirectoryStore>): void => {
  const opened = async () => {
    const { applications } = await open();
    const request = (id: string, given: SubscriptionRequest) =>
      applications.change(id, (application) => withRequest(application, given));
    const withdraw = (id: string, api: string) =>
      applications.change(id, (application) => withoutRequest(application, api));
    const pending = async (organization: string | undefined, page: { after?: string; limit?: number } = {}) =>
      (await applications.listRequests(organization, { limit: 100, ...page })).map(
        ({ applicationId, position }) => `${applicationId} ${position.slice(16)}`,
      );
    return { applications, request, withdraw, pending };
  };

  it('lists those of an organization, the oldest first, with the records of the applications', async () => {
    const { applications, request, pending } = await opened();
    for (const [id, organization] of [['a', 'one'], ['b', 'one'], ['c', 'two'], ['d']] as const) {
      await applications.insert(id, anApplication(id, organization));
    }
    expect(await pending('one')).toEqual([]);
    await request('b', aRequest('orders', 1_800_000_002));
    await request('a', aRequest('orders', 1_800_000_003.5));
    await request('a', aRequest('stock', 900_000_001));
    await request('c', aRequest('orders', 1));
    const changed = await request('d', aRequest('orders', 1_800_000_000));
    expect(await pending('one')).toEqual(['a stock-900000001', 'b orders-1800000002', 'a orders-1800000003-5']);
    expect(await pending('two')).toEqual(['c orders-1']);
    const position = requestPosition(aRequest('orders', 1_800_000_000));
    expect(await applications.listRequests(undefined, { limit: 1 })).toEqual([
      { position, applicationId: 'd', record: changed },
    ]);
  });

  it('follows withdrawals, rejections, replacements and removals', async () => {
    const { applications, request, withdraw, pending } = await opened();
    for (const id of ['a', 'b']) await applications.insert(id, anApplication(id, 'one'));
    await request('a', aRequest('orders', 1));
    await request('a', aRequest('stock', 2));
    await request('b', aRequest('orders', 3));
    await request('a', aRequest('orders', 4));
    expect(await pending('one')).toEqual(['a stock-2', 'b orders-3', 'a orders-4']);
    await withdraw('a', 'stock');
    await request('a', { ...aRequest('orders', 4), rejected: { at: 5 } });
    expect(await pending('one')).toEqual(['b orders-3']);
    await applications.change('b', (application) => ({ ...application, name: 'renamed' }));
    expect(await pending('one')).toEqual(['b orders-3']);
    expect(await applications.remove('b')).toBe(true);
    expect(await pending('one')).toEqual([]);
    await applications.insert('b', anApplication('b', 'one'));
    expect(await pending('one')).toEqual([]);
  });

  it('lists them in parts of any length, also after one that has been decided', async () => {
    const { applications, request, withdraw, pending } = await opened();
    const ids = Array.from({ length: 9 }, (_, position) => `id-${position}`);
    for (const [position, id] of ids.entries()) {
      await applications.insert(id, anApplication(id, 'one'));
      await request(id, aRequest('orders', position + 1));
    }
    const all = await pending('one');
    expect(all).toHaveLength(9);
    for (const limit of [1, 4, 9]) {
      const found: string[] = [];
      for (let after: string | undefined; ;) {
        const part = await applications.listRequests('one', { limit, ...(after === undefined ? {} : { after }) });
        found.push(...part.map(({ applicationId, position }) => `${applicationId} ${position.slice(16)}`));
        after = part.at(-1)?.position;
        if (part.length < limit) break;
      }
      expect(found).toEqual(all);
    }
    const after = requestPosition(aRequest('orders', 5));
    await withdraw('id-4', 'orders');
    expect(await pending('one', { after, limit: 2 })).toEqual(['id-5 orders-6', 'id-6 orders-7']);
  });

  it('never confuses two organizations, whatever the ids of their applications are', async () => {
    const { applications, request, pending } = await opened();
    for (const [position, name] of HOSTILE_NAMES.entries()) {
      await applications.insert(name, anApplication(name, name));
      await request(name, aRequest('orders', position + 1));
    }
    for (const [position, name] of HOSTILE_NAMES.entries()) {
      expect(await pending(name)).toEqual([`${name} orders-${position + 1}`]);
    }
  });

  it('keeps the index right under concurrent requests and withdrawals', async () => {
    const { applications, request, withdraw, pending } = await opened();
    await applications.insert('a', anApplication('a', 'one'));
    const apis = Array.from({ length: 12 }, (_, position) => `api-${position}`);
    await Promise.all(apis.map((api, position) => request('a', aRequest(api, position + 1))));
    await Promise.all(
      apis.map((api, position) =>
        position % 2 === 0 ? withdraw('a', api) : request('a', aRequest(api, position + 100)),
      ),
    );
    const kept = (await applications.find('a'))?.requests ?? [];
    expect(kept).toHaveLength(6);
    expect([...(await pending('one'))].sort()).toEqual(kept.map(({ id }) => `a ${id}`).sort());
  });
};
