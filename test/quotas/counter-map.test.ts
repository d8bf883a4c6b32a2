import { ADDRESS_KEY, CounterMap } from '../../src/quotas/counter-map';

describe('counters', () => {
  it('evict the least recently used one above the maximum', () => {
    const counters = new CounterMap<object>(2);
    for (const key of ['plan a', 'plan b']) counters.set(key, {});
    counters.get('plan a');
    counters.peek('plan b');
    counters.set('plan c', {});
    expect(['plan a', 'plan b', 'plan c'].map((key) => counters.get(key) !== undefined)).toEqual([true, false, true]);
  });

  it('of applications and users are not evicted by those of addresses', () => {
    const counters = new CounterMap<object>(2);
    counters.set('plan a', {});
    for (let address = 0; address < 10; address += 1) counters.set(`${ADDRESS_KEY}${address}`, {});
    expect(counters.get('plan a')).toBeDefined();
    expect(counters.get(`${ADDRESS_KEY}7`)).toBeUndefined();
    expect(counters.get(`${ADDRESS_KEY}8`)).toBeDefined();
  });
});
