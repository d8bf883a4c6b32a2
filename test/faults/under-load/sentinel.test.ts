import { FORM } from '../../support/faults/form';
import { sentinelFaults } from '../../support/faults/sentinel-faults';
import type { Driver } from '../../support/faults/standalone';
import { describeFaults } from '../../support/faults/suite';

const DRIVERS: readonly Driver[] = FORM.name === 'full' ? [6, 5] : [6];

describe.each(DRIVERS)('a product of three gates with ioredis %d on Sentinel under steady load', (driver) => {
  describeFaults(sentinelFaults(driver));
});
