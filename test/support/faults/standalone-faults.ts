import type { Driver, Standalone } from './standalone';
import { crashes } from './standalone-crashes';
import { linkFaults } from './standalone-links';
import { losses } from './standalone-losses';
import { refusals } from './standalone-refusals';
import type { FaultCase } from './topology';

/** Lists the faults of one server; those that depend on the driver for both majors. */
export const standaloneFaults = (driver: Driver): readonly FaultCase<Standalone>[] => {
  const all = [...crashes(driver), ...linkFaults(driver), ...refusals(driver), ...losses(driver)];
  if (driver === 6) return all;
  return all.filter(({ isInShortForm }) => isInShortForm).map((faultCase) => ({ ...faultCase, isInShortForm: false }));
};
