import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Row } from './row';

/** Names the folder for the rows of this run; without it, none are kept. */
const FOLDER_VARIABLE = 'SCOPEGATE_FAULTS_ROWS';

/** Keeps a row for the table that `npm run test:faults` writes. */
export const keepRow = (row: Row): void => {
  const folder = process.env[FOLDER_VARIABLE];
  if (folder === undefined) return;
  mkdirSync(folder, { recursive: true });
  const name = `${row.topology} ${row.fault}`.replaceAll(/[^a-z0-9]+/gi, '-');
  writeFileSync(join(folder, `${name}.json`), JSON.stringify(row));
};
