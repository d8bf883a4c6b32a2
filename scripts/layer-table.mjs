// Writes the table of layers in CONTRIBUTING.md.
//
//   node scripts/layer-table.mjs           writes it
//   node scripts/layer-table.mjs --check   fails if it is stale

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { LAYERS } from './layers.mjs';

const page = fileURLToPath(new URL('../CONTRIBUTING.md', import.meta.url));
const BEGIN = '<!-- layers: written by `npm run layer-table` -->';
const END = '<!-- end of layers -->';

const exists = (unit) => existsSync(new URL(`../src/${unit}`, import.meta.url));
const printUnit = (unit) => `\`${unit}${unit.endsWith('.ts') ? '' : '/'}\``;

const rows = LAYERS.flatMap(({ units, what }, layer) => {
  const present = units.filter(exists).map(printUnit);
  return present.length === 0 ? [] : [`| ${layer} | ${present.join(', ')} | ${what} |`];
});
const table = ['| layer | where | what |', '| --- | --- | --- |', ...rows].join('\n');

const present = readFileSync(page, 'utf8');
const [before, rest] = present.split(BEGIN);
const after = rest?.split(END)[1];
if (after === undefined) throw new Error(`CONTRIBUTING.md has no place for the table: write ${BEGIN} and ${END}`);
const options = { ...(await resolveConfig(page)), filepath: page };
const wanted = await format(`${before}${BEGIN}\n\n${table}\n\n${END}${after}`, options);

if (wanted === present) {
  console.log(`CONTRIBUTING.md has the table of ${rows.length} layers`);
} else if (process.argv.includes('--check')) {
  console.error('The table of layers in CONTRIBUTING.md is stale: run npm run layer-table and commit what it writes');
  process.exit(1);
} else {
  writeFileSync(page, wanted);
  console.log(`CONTRIBUTING.md has the table of ${rows.length} layers, written anew`);
}
