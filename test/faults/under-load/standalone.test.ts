import { crashes } from '../../support/faults/standalone-crashes';
import { describeFaults } from '../../support/faults/suite';

describe('a product of three gates on one Redis under steady load', () => {
  describeFaults([...crashes]);
});
