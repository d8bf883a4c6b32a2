// Prints the cost of scopegate beside its rivals, and exits with 1 if a mark is missed.
// npm run bench -- --rounds 7 --seconds 4 --only guard,token
import { existsSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { canPin, pinLoad } from './rig/cores.mjs';
import { startRedis } from './rig/redis.mjs';
import { tableOf } from './rig/table.mjs';

const fileOf = (part) => new URL(`scenarios/${part}.mjs`, import.meta.url);
const PARTS = ['guard', 'call', 'token', 'gateway', 'storm', 'lag', 'memory', 'size'].filter((part) =>
  existsSync(fileOf(part)),
);

/** Parts that only run if they are named: one takes minutes, the other needs Chromium. */
const ON_REQUEST = ['sizing', 'portal'];

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '2' },
    only: { type: 'string', default: PARTS.join(',') },
  },
});

const positive = (name) => {
  const number = Number(values[name]);
  if (number > 0 && Number.isFinite(number)) return number;
  throw new Error(`--${name} must be a number above 0`);
};

const rounds = Math.ceil(positive('rounds'));
const seconds = positive('seconds');
const parts = values.only.split(',');
const known = [...PARTS, ...ON_REQUEST];
for (const part of parts) if (!known.includes(part)) throw new Error(`--only takes ${known.join(', ')}, not ${part}`);

/** Runs one part with a Redis of its own, so that no part measures what another has left behind. */
const measure = async (part) => {
  const scenario = await import(fileOf(part));
  let redis;
  try {
    redis = await startRedis({ over: 'port' });
    const { rows, marks } = await scenario.measure({ rounds, seconds, redis });
    console.log(`\n${scenario.title}\n\n${tableOf(rows)}`);
    return marks;
  } catch (error) {
    console.error(`\n${scenario.title}: ${error.stack}`);
    return [{ mark: 'runs to its end', measured: 'it failed', limit: '', isMet: false }];
  } finally {
    await redis?.stop();
  }
};

pinLoad();
const [{ model }] = cpus();
const places = canPin ? 'one for the server, one for load and Redis' : 'nothing pinned: figures are rough';
console.log(`Node ${process.version}, ${cpus().length} cores (${model}), ${places}; ${rounds} rounds of ${seconds} s`);
const [othersLoad] = loadavg();
if (othersLoad > 0.5) console.log(`The machine is already busy (load ${othersLoad.toFixed(1)}): figures are rough.`);

const judged = [];
for (const part of parts) for (const mark of await measure(part)) judged.push({ part, ...mark });

const missed = judged.filter(({ isMet }) => !isMet);
const verdicts = judged.map(({ part, mark, measured, limit, isMet }) => ({
  part,
  mark,
  measured: String(measured),
  limit: String(limit),
  met: isMet ? 'yes' : 'MISSED',
}));
console.log(`\nMarks\n\n${tableOf(verdicts)}\n`);
console.log(missed.length === 0 ? 'All marks are met.' : `${missed.length} of ${judged.length} marks are missed.`);
process.exitCode = missed.length === 0 ? 0 : 1;
