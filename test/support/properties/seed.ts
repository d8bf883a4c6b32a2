import { wholeNumberIn } from './whole-numbers';

const FIXED_SEED = 1;

/**
 * The seed of everything that tests choose at random: `SCOPEGATE_PROPERTY_SEED`, else always the same number, so that
 * equal code gets equal cases. `npm run test:nightly` runs every test that depends on this file with a new seed.
 */
export const SEED = wholeNumberIn('SCOPEGATE_PROPERTY_SEED') ?? FIXED_SEED;
