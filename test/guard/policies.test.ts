import { resourcePolicy } from '../../src/guard/policies';
import { createRefusals } from '../../src/guard/refusals';
import { ADDRESS_KEY } from '../../src/quotas/counter-map';
import type { LimitedBy } from '../../src/quotas/allowance';

const { limitExceeded } = createRefusals({ realm: 'orders' });

const keyPrefixOf = (by: LimitedBy): string | undefined => {
  const limit = { requests: 1, per: 1, by };
  const resource = { path: '/', methods: ['GET'], access: { kind: 'token' }, limit } as const;
  return resourcePolicy({ name: 'address', context: '/address' }, resource, limitExceeded)?.keyPrefix;
};

test('only counters by address have keys of addresses, whatever the name of the API', () => {
  expect(keyPrefixOf('address')?.startsWith(ADDRESS_KEY)).toBe(true);
  for (const by of ['application', 'user'] as const) expect(keyPrefixOf(by)?.startsWith(ADDRESS_KEY)).toBe(false);
});
