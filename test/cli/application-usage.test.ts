import { BUILD_DEADLINE_MS, buildCommand, runCommand, runJson } from '../support/cli/command';
import { aCommandedGate } from '../support/cli/commanded-gate';
import { JOHN } from '../support/gate/gate';
import { until } from '../support/time/waiting';

beforeAll(buildCommand, BUILD_DEADLINE_MS);

describe('scopegate applications usage', () => {
  it('prints what a closed gate has counted, by time and in total', async () => {
    const { tested, store } = await aCommandedGate({ usage: true });
    const { access_token: token } = await tested.signIn(JOHN, 'read');
    for (let count = 0; count < 3; count += 1) await tested.get('/orders', token).expect(200);
    await tested.put('/orders/1', token).expect(403);
    await until(async () => (await tested.gate.usage.find('key')).total.requests === 4);
    await tested.close();
    const usage = await runJson(['applications', 'usage', 'key', '--period', 'month', ...store]);
    expect(usage).toMatchObject({
      period: 'month',
      spanSeconds: 86_400,
      total: { requests: 4, refused: { forbidden: 1 }, responses: { success: 3 } },
    });
    const { stdout } = await runCommand(['applications', 'usage', 'key', ...store]);
    expect(stdout).toMatch(/^TIME +API +ENVIRONMENT +REQUESTS +SERVED +4XX +5XX +REFUSED +P50 MS +P95 MS\n/);
    expect(stdout).toMatch(/\ntotal +4 +3 +0 +0 +1 +\d+ +\d+\n$/);
  });

  it('refuses an unknown period and an unknown application', async () => {
    const { store } = await aCommandedGate();
    expect((await runCommand(['applications', 'usage', 'key', '--period', 'year', ...store])).code).toBe(2);
    expect((await runCommand(['applications', 'usage', 'nothing', ...store])).code).toBe(1);
  });
});
