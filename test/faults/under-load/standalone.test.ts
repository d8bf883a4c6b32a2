import type { Driver } from '../../support/faults/standalone';
import { standaloneFaults } from '../../support/faults/standalone-faults';
import { describeFaults } from '../../support/faults/suite';

describe.each<Driver>([6, 5])('a product of three gates with ioredis %d on one Redis under steady load', (driver) => {
  describeFaults(standaloneFaults(driver));
});
