// Fails on words and names that the project does not use, and prints what to write instead.
//
//   node scripts/check-language.mjs [folder, default the project]

import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(process.argv[2] ?? fileURLToPath(new URL('..', import.meta.url)));

/** The folders and files to check: source code with its comments, and documents. */
const PLACES = [
  'src',
  'example-gateway/src',
  'docs',
  'README.md',
  'SECURITY.md',
  'CONTRIBUTING.md',
  'example-gateway/README.md',
];

const isRead = (file) => /\.(?:ts|mjs|js|md)$/.test(file) && !file.endsWith('/rfc-map.md');

/** Names and phrases that are not used. `instead` is the replacement for the message. */
const RULES = [
  { found: /\b(?:MOST|LEAST|LONGEST|SHORTEST)_[A-Z]/, instead: 'MAX_ or MIN_' },
  {
    found: /\b(?:forNobody|usersAre|takeAsLong|wasUsed)\b/,
    instead: 'forClientItself, userSource, spendEqualTime, onAllowed',
  },
  { found: /\bwhoever\b/i, instead: 'the caller, the client, the user: the one that is meant' },
  { found: /\b(?:other hands|hands in)\b/i, instead: 'external changes, passes in' },
  { found: /\bby now\b/i, instead: 'now, current' },
  { found: /\bbelieved\b/i, instead: 'trusted, used' },
  { found: /\b(?:hears?|heard) (?:of|from|that|it)\b/i, instead: 'receives, is notified' },
  {
    found: /\b(?:tells? of|is told|are told|was told|been told)\b/i,
    instead: 'logs, emits, returns, notifies, receives',
  },
  { found: /\/\*\* (?:What|Whether|Who|Whose)\b/, instead: 'a noun or a verb to begin a docstring with' },
];

const filesIn = (path) => {
  if (!existsSync(path)) return [];
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path).flatMap((name) => filesIn(join(path, name)));
};

const files = PLACES.flatMap((place) => filesIn(join(root, place))).filter(isRead);
const faults = files.flatMap((file) =>
  readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((line, index) =>
      RULES.flatMap(({ found, instead }) => {
        const [text] = found.exec(line) ?? [];
        return text === undefined ? [] : [`${relative(root, file)}:${index + 1} "${text}": write ${instead}`];
      }),
    ),
);

for (const fault of faults) console.error(fault);
if (faults.length > 0) process.exit(1);
console.log(`${files.length} file(s) are written in the words of the project`);
