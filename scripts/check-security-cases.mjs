// Keeps docs/security-cases.md and the tests consistent: each row has a test with its number in the title, no title has
// a number without a row, and no number is skipped: it has a row, or is left out with a reason.
//
//   node scripts/check-security-cases.mjs [root, default this project]

import { existsSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { lineOf, parseFile } from './syntax.mjs';
import { findTests, titlesIn } from './test-titles.mjs';

const root = resolve(process.argv[2] ?? fileURLToPath(new URL('..', import.meta.url)));
const table = 'docs/security-cases.md';

const rows = new Map();
const leftOut = new Map();
const faults = [];
const numberOf = (count) => `S-${String(count).padStart(3, '0')}`;

/** Returns the numbers of a row in the table of omitted cases: one number or a range. */
const leftOutIn = (line) => {
  const [, first, last = first] = /^\| S-(\d{3})(?: to S-(\d{3}))? \| [^|]+ \|$/.exec(line) ?? [];
  if (first === undefined) return [];
  return Array.from({ length: Number(last) - Number(first) + 1 }, (_, index) => numberOf(Number(first) + index));
};

for (const [index, line] of readFileSync(join(root, table), 'utf8').split('\n').entries()) {
  if (!line.startsWith('|') || /^\|[- |]+\|$/.test(line) || line.startsWith('| number ')) continue;
  const where = `${table}:${index + 1}`;
  const passed = leftOutIn(line);
  for (const number of passed) leftOut.set(number, where);
  if (passed.length > 0) continue;
  const [, number, slug] = /^\| (S-\d{3}) \| ([a-z0-9-]+) \| [^|]+ \| [^|]+ \|$/.exec(line) ?? [];
  if (number === undefined) faults.push(`${where} is not a row of the form | S-001 | slug | case | outcome |`);
  else if (rows.has(number)) faults.push(`${where} ${number} is a duplicate`);
  else rows.set(number, { where, slug });
}

const tested = new Set();
for (const folder of ['test', 'example-gateway/test'].map((name) => join(root, name)).filter(existsSync)) {
  for (const file of findTests(folder)) {
    const { tree, bytes } = parseFile(file);
    for (const title of titlesIn(tree)) {
      for (const [number] of title.text.matchAll(/\bS-\d{3}\b/g)) {
        tested.add(number);
        const where = `${relative(root, file)}:${lineOf(bytes, title)}`;
        if (!rows.has(number)) faults.push(`${where} names ${number}, which has no row in ${table}`);
      }
    }
  }
}

const last = Math.max(0, ...[...rows.keys(), ...leftOut.keys()].map((number) => Number(number.slice(2))));
for (let count = 1; count <= last; count += 1) {
  const number = numberOf(count);
  if (!rows.has(number) && !leftOut.has(number))
    faults.push(`${table} passes over ${number}: give it a row, or a reason`);
  if (rows.has(number) && leftOut.has(number))
    faults.push(`${leftOut.get(number)} leaves out ${number}, which has a row`);
}

for (const [number, { where, slug }] of rows) {
  if (!tested.has(number)) faults.push(`${where} ${number} ${slug} has no test`);
}

if (faults.length > 0) {
  console.error(`${[...new Set(faults)].join('\n')}\n\n${faults.length} faults among ${rows.size} security cases`);
  process.exitCode = 1;
} else {
  console.log(`${rows.size} security cases have tests, ${leftOut.size} are left out with a reason`);
}
