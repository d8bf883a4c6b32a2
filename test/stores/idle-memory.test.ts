import { aGate } from '../support/gate/gate';

it('an open gate allocates no memory for entries that it does not hold', () => {
  const before = process.memoryUsage().arrayBuffers;
  for (let gates = 0; gates < 5; gates += 1) aGate();
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(500_000); // 6.4 MB each when it did
});
