import { en } from '../../src/pages/texts/en';
import { usageSummary } from '../../src/portal/usage/usage-summary';
import type { Visit } from '../../src/portal/visit';
import { boundsOf } from '../../src/usage/resolutions';
import { countOne, emptyTally, type Outcome } from '../../src/usage/tally';

const NOW = 1_800_000_000;

const application = { id: 'app', name: 'Orders app' };

const visit = { mount: '/store', texts: en } as Pick<Visit, 'mount' | 'texts'> as Visit;

const summaryOf = async (outcomes: readonly Outcome[], countsUsage?: boolean) => {
  const tally = emptyTally();
  for (const outcome of outcomes) countOne(tally, outcome);
  const bounds = boundsOf('day', NOW);
  const count = { api: 'orders', environment: 'production', at: bounds.from, tally } as const;
  const findFresh = async () => ({ period: 'day', ...bounds, counts: [count] }) as const;
  const services = { usage: { findFresh, findFreshRefusals: async () => [] }, countsUsage };
  return (await usageSummary(visit, application, services))?.text;
};

describe('the summary of the usage of an application', () => {
  it('has the numbers of 24 hours beside a small chart, and a link to all of them', async () => {
    const summary = await summaryOf(['success', 'success', 'serverError', 'limited', 'forbidden']);
    expect(summary).toContain('In the last 24 hours: 5 requests, 1 error, 2 refused.');
    expect(summary).toContain('data-testid="usage-sparkline"');
    expect(summary).toContain('href="/store/applications/app/usage"');
  });

  it('names the next step if there was no request', async () => {
    const summary = await summaryOf([]);
    expect(summary).toContain('No requests in the last 24 hours.');
    expect(summary).toContain('href="/store/try-it"');
    expect(summary).not.toContain('<svg');
  });

  it('is absent if usage is switched off', async () => {
    expect(await summaryOf(['success'], false)).toBeUndefined();
  });
});
