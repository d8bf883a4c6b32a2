import { anApi } from '../support/gateway';
import { metricsAddress } from '../support/metrics';
import { aReloadableGateway } from '../support/reloadable';
import { valuesIn } from '../support/worker-processes';

const DENIED = 'scopegate_denied_total{place="guard",status="401",reason="no_token"}';

describe('counters of a gateway that reloads', () => {
  it('continue, however often it reloads', async () => {
    const keys = (title: string) => ({ metrics: { port: 0 }, apis: { orders: anApi('demo:orders', { title }) } });
    const gateway = await aReloadableGateway(keys('first'));
    const denied = async (): Promise<number | undefined> =>
      valuesIn(await (await fetch(metricsAddress(gateway))).text()).get(DENIED);
    await gateway.send(['GET /orders HTTP/1.1']);
    expect(await denied()).toBe(1);
    for (const [index, title] of ['second', 'third', 'fourth'].entries()) {
      gateway.write(keys(title));
      expect(await gateway.reload()).toMatchObject({ outcome: 'reloaded' });
      expect(await denied()).toBe(index + 1);
      await gateway.send(['GET /orders HTTP/1.1']);
      expect(await denied()).toBe(index + 2);
    }
  });
});
