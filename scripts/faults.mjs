// Runs the fault suite in its full form. Without arguments it writes its tables into docs/operations.md.
//
//   npm run test:faults [-- arguments of jest, such as standalone or -t frozen: then the tables are only printed]

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatFaultTables } from './faults-table.mjs';
import { hostFacts } from './host-facts.mjs';
import { writeSection } from './page-section.mjs';

const PAGE = 'docs/operations.md';
const BEGINS = '<!-- faults: written by `npm run test:faults` -->';
const ENDS = '<!-- end of faults -->';

const args = process.argv.slice(2);
const rowsFolder = mkdtempSync(join(tmpdir(), 'scopegate-faults-'));
const env = { ...process.env, SCOPEGATE_FAULTS: 'full', SCOPEGATE_FAULTS_ROWS: rowsFolder };
const jest = ['node_modules/.bin/jest', '--runInBand', '--testPathPatterns', 'test/faults/under-load'];

const readRows = () =>
  readdirSync(rowsFolder)
    .map((name) => JSON.parse(readFileSync(join(rowsFolder, name), 'utf8')))
    .sort((one, other) => one.finishedAt - other.finishedAt);

try {
  process.exitCode = spawnSync(process.execPath, [...jest, ...args], { stdio: 'inherit', env }).status ?? 1;
  const result = `${hostFacts()}\n\n${formatFaultTables(readRows())}`;
  console.log(`\n${result}\n`);
  if (args.length === 0) await writeSection(PAGE, BEGINS, ENDS, result);
} finally {
  rmSync(rowsFolder, { recursive: true });
}
