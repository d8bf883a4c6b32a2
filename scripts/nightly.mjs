// Runs every test that chooses something at random, with a new seed and 33 times the usual runs. The seed is printed;
// SCOPEGATE_PROPERTY_SEED repeats a run, and SCOPEGATE_PROPERTY_RUNS is another number of runs.
//
//   npm run test:nightly

import { spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';

/** Every test that depends on this file. */
const SEED_FILE = 'test/support/properties/seed.ts';

const seed = process.env.SCOPEGATE_PROPERTY_SEED || String(randomInt(2 ** 31));
const runs = process.env.SCOPEGATE_PROPERTY_RUNS || '100000';
const variables = { SCOPEGATE_PROPERTY_SEED: seed, SCOPEGATE_PROPERTY_RUNS: runs };
const shown = Object.entries(variables)
  .map(([name, value]) => `${name}=${value}`)
  .join(' ');

const runTests = (...args) =>
  spawnSync('npm', ['test', '--', ...args], { stdio: 'inherit', env: { ...process.env, ...variables } }).status ?? 1;

console.log(shown);
process.exitCode = runTests('--findRelatedTests', SEED_FILE, ...process.argv.slice(2));
console.log(process.exitCode === 0 ? shown : `To repeat the failure: ${shown} npm test -- <file>`);
