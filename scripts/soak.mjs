// Runs three gates under load with a fault every 20 seconds, prints what they hold every 30 seconds, and writes the
// result into docs/operations.md. Fails if something grows or a promise is broken.
//
//   npm run test:soak            ten minutes; SCOPEGATE_SOAK_SECONDS is another duration, which is only printed

import { fileURLToPath } from 'node:url';
import { hostFacts } from './host-facts.mjs';
import { loadTypeScript } from './load-typescript.cjs';
import { writeSection } from './page-section.mjs';

const PAGE = 'docs/operations.md';
const BEGINS = '<!-- soak: written by `npm run test:soak` -->';
const ENDS = '<!-- end of soak -->';
const USUAL_SECONDS = 600;
const PRINTED_EVERY_SECONDS = 30;

const megabytes = (bytes) => (bytes / 1024 / 1024).toFixed(1);
const sum = (counts) => Object.values(counts).reduce((total, count) => total + count, 0);
const list = (counts) =>
  Object.entries(counts)
    .map(([name, count]) => `${count} ${name}`)
    .join(', ') || 'none';

const print = ({ at, requests, heap, rss, handles, listeners, keys, lasting }) =>
  console.log(
    `${Math.round(at)} s: ${requests} requests, heap ${megabytes(heap)} MB, RSS ${megabytes(rss)} MB, ` +
      `${listeners} listeners, ${keys} keys, ${sum(lasting)} without a TTL, handles: ${list(handles)}`,
  );

const formatResult = (result) => {
  const { first, last, heapSlope } = result;
  const rows = [
    ['requests', `${result.requests} in ${result.seconds} s, of which 503: ${result.unavailable}`],
    ['faults', `${result.faults}; the slowest was green after ${Math.round(result.slowestGreenMs)} ms`],
    ['wrong accepts', result.wrongAccepts],
    ['live tokens refused', result.refusedLive],
    ['double refresh chains', result.doubleChains],
    ['unhandled rejections and exceptions', result.unhandled],
    ['heap after collection', `${megabytes(first.heap)} MB, at the end ${megabytes(last.heap)} MB`],
    ['slope of the heap', `${heapSlope.perHour.toFixed(1)} MB per hour, ± ${(2 * heapSlope.error).toFixed(1)}`],
    ['RSS', `${megabytes(first.rss)} MB, at the end ${megabytes(last.rss)} MB`],
    ['listeners', `${first.listeners}, at the end ${last.listeners}`],
    ['handles without load', `before: ${list(result.handlesBefore)}; after: ${list(result.handlesAfter)}`],
    ['keys in Redis', `${first.keys}, at the end ${last.keys}`],
    ['keys without a TTL', list(last.lasting)],
  ];
  return ['| what | result |', '| --- | --- |', ...rows.map(([what, value]) => `| ${what} | ${value} |`)].join('\n');
};

const given = process.env.SCOPEGATE_SOAK_SECONDS;
const seconds = given === undefined || given === '' ? USUAL_SECONDS : Number(given);
if (!(seconds >= 60)) {
  console.error('SCOPEGATE_SOAK_SECONDS is the duration of the soak in seconds: a number of at least 60.');
  process.exit(1);
}

const { runSoak } = loadTypeScript(fileURLToPath(new URL('../test/support/faults/soak.ts', import.meta.url)));
let printedAt = -Infinity;
const result = await runSoak({
  seconds,
  onSample: (sample) => {
    if (sample.at - printedAt < PRINTED_EVERY_SECONDS) return;
    printedAt = sample.at;
    print(sample);
  },
});
const text = `${hostFacts()}\n\n${formatResult(result)}`;
console.log(`\n${text}\n`);
for (const violation of result.violations) console.error(violation);
if (seconds === USUAL_SECONDS) await writeSection(PAGE, BEGINS, ENDS, text);
process.exit(result.violations.length > 0 ? 1 : 0);
