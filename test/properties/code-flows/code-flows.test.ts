import fc from 'fast-check';
import { assertProperty, PROPERTY_TIMEOUT_MS } from '../../support/properties/property-runs';
import { openFlowPortal } from './flow-clients';
import { flowSteps } from './flow-steps';
import { FlowWorld } from './flow-world';

const RUNS = 60;

jest.setTimeout(2 * PROPERTY_TIMEOUT_MS);

test('S-145 S-147 S-148 any walk of users and clients gives tokens for what was allowed, at registered addresses', async () => {
  let issued = 0;
  const property = fc.asyncProperty(flowSteps, async (steps) => {
    const { portal, clients } = await openFlowPortal();
    const world = new FlowWorld(portal, clients);
    try {
      for (const step of steps) await world.take(step);
    } finally {
      await portal.close();
    }
    expect(portal.lines.filter(({ level }) => level === 'error')).toEqual([]);
    issued += world.issued;
  });
  await assertProperty(property, { numRuns: RUNS });
  expect(issued).toBeGreaterThan(RUNS / 2);
});
