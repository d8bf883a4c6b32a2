// The cost of a guard when Redis holds a thousand live tokens, a hundred thousand, or a million. Every request is a
// miss: the cache is on, so that its cost is included, but has room for one entry, while a sample of a thousand tokens
// is sent in turn. Each size is a database of one Redis with a gate of its own; the gates share one process, because
// two processes with the same work differ by more than the effect that is measured here.
import { Redis } from 'ioredis';
import { load } from '../rig/load.mjs';
import { startProcess } from '../rig/processes.mjs';
import { startRedis } from '../rig/redis.mjs';
import { median, rounded } from '../rig/statistics.mjs';
import { authorizationOf } from './orders.mjs';

export const title = 'Guard cost by the number of live tokens';

const SIZES = [1_000, 100_000, 1_000_000];
const ASKED_FOR = 1_000;
const MAX_RISE = 0.1;

const processAt = (name, options) => startProcess(new URL(`./processes/${name}.mjs`, import.meta.url), options);

const pathOf = (index) => `/size${index}`;

const fillAll = async (socket) => {
  const filler = await processAt('fill');
  try {
    const tokens = [];
    for (const [db, count] of SIZES.entries()) {
      tokens.push(await filler.ask('fill', { redis: { path: socket, db }, count, sampled: ASKED_FOR }));
      const redis = new Redis({ path: socket, db });
      const keys = await redis.dbsize();
      redis.disconnect();
      if (keys < count) throw new Error(`There are ${keys} keys for ${count} tokens`);
    }
    return tokens;
  } finally {
    await filler.end();
  }
};

/** Reads the number of keyspace hits in Redis, over all databases. */
const hitsOf = async (socket) => {
  const redis = new Redis(socket);
  const [, hits] = /^keyspace_hits:(\d+)/m.exec(await redis.info('stats'));
  redis.disconnect();
  return Number(hits);
};

const runRounds = async ({ rounds, seconds, socket, gates, tokens }) => {
  const requests = tokens.map((texts, index) =>
    texts.map((text) => ({ path: `${pathOf(index)}/guarded`, headers: authorizationOf(text) })),
  );
  const run = (index, duration) => load(gates, { requests: requests[index], seconds: duration, body: '{"ok":true}' });
  for (const index of SIZES.keys()) await run(index, 1); // warm-up
  const runs = SIZES.map(() => []);
  const before = await hitsOf(socket);
  for (let round = 0; round < rounds; round += 1) {
    // The order alternates, so that no size is always the first after a pause.
    const order = round % 2 === 0 ? [...SIZES.keys()] : [...SIZES.keys()].reverse();
    for (const index of order) runs[index].push(await run(index, seconds));
  }
  const answers = runs.flat().reduce((total, { answers: some }) => total + some, 0);
  const asked = (await hitsOf(socket)) - before;
  if (asked < answers) throw new Error(`Redis was asked ${asked} times for ${answers} requests: these are no misses`);
  return runs;
};

const report = (runs) => {
  const costs = runs.map((results) => median(results.map(({ perRequest }) => perRequest)));
  // Relative to the smallest size in the same round, because the machine itself changes from round to round.
  const rises = runs.map(
    (results) => median(results.map(({ perRequest }, round) => perRequest / runs[0][round].perRequest)) - 1,
  );
  const most = rises.reduce((left, right) => (Math.abs(right) > Math.abs(left) ? right : left));
  return {
    rows: SIZES.map((size, index) => ({
      'live tokens': size,
      'CPU µs/request': rounded(costs[index]),
      '% above the fewest': rounded(rises[index] * 100),
      'requests/s': Math.round(median(runs[index].map(({ perSecond }) => perSecond))),
      'p99 ms': rounded(median(runs[index].map(({ p99 }) => p99))),
    })),
    marks: [
      {
        mark: `guard cost (misses) from ${SIZES[0]} to ${SIZES.at(-1)} live tokens`,
        measured: `${rounded(most * 100)} %`,
        limit: `within ${MAX_RISE * 100} %`,
        isMet: Math.abs(most) <= MAX_RISE,
      },
    ],
  };
};

export const measure = async ({ rounds, seconds }) => {
  const server = await startRedis();
  try {
    const tokens = await fillAll(server.socket);
    const declared = SIZES.map((_size, db) => ({
      at: pathOf(db),
      redis: { path: server.socket, db },
      options: { cache: { maxEntries: 1 }, deadline: 10_000 }, // stalls of the machine are not measured
    }));
    const gates = await processAt('gates', { args: [JSON.stringify(declared)] });
    try {
      return report(await runRounds({ rounds, seconds, socket: server.socket, gates, tokens }));
    } finally {
      await gates.end();
    }
  } finally {
    await server.stop();
  }
};
