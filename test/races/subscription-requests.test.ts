import { rejectionOf } from '../support/expect/thrown';
import { aGate } from '../support/gate/gate';
import { createApplication, NOT_FOUND } from '../support/gate/managed-directory';
import { everyStore } from '../support/stores/every-store';

describe.each(everyStore)('concurrent decisions about a request in %s', (_name, freshStore) => {
  it('have one effect, and none after a withdrawal or an end of the subscription', async () => {
    const store = await freshStore();
    const options = {
      ...store,
      plans: { free: { requests: 10, per: 60 }, partner: { requests: 100, per: 60 } },
      apis: { orders: { plans: ['free', 'partner'], resources: [] } },
    };
    const first = aGate(options);
    const second = 'redis' in store ? aGate(options) : first;
    const [one, other] = [first.gate.directory.applications, second.gate.directory.applications];
    const { info } = await createApplication(first);
    for (let round = 0; round < 20; round += 1) {
      const { requests = [] } = await one.request(info.id, 'orders', { plan: 'partner' });
      const request = requests[0]?.id ?? '';
      const outcomes = await Promise.allSettled([
        one.approve(info.id, 'orders', { request }),
        other.reject(info.id, 'orders', { request }),
        other.approve(info.id, 'orders', { request }),
        round % 2 === 0 ? one.withdraw(info.id, 'orders') : Promise.reject(new Error('none')),
      ]);
      const [approved, rejected, again] = outcomes.map(({ status }) => status === 'fulfilled');
      expect([approved, rejected, again].filter(Boolean).length).toBeLessThanOrEqual(1);
      const found = await one.find(info.id);
      expect(found?.subscriptions).toEqual(approved === true || again === true ? ['orders'] : []);
      await other.unsubscribe(info.id, 'orders');
      expect(await rejectionOf(one.approve(info.id, 'orders', { request }))).toEqual(NOT_FOUND);
      expect(await other.find(info.id)).toMatchObject({ subscriptions: [] });
    }
  });
});
