// What one call of a guard costs, without HTTP.
import { startProcess } from '../rig/processes.mjs';
import { rounded } from '../rig/statistics.mjs';

export const title = 'One call of a guard, in process';

const BY_HAND = 'a middleware that reads the header and a Map';
const GUARD = 'gate.requireScope, hot';

const MAX_NANOSECONDS = 1_500;
const MAX_TIMES_BY_HAND = 4;

const startCalls = (redis) =>
  startProcess(new URL('processes/guard-calls.mjs', import.meta.url), { env: { BENCH_REDIS: redis.socket } });

const marksOf = ({ byHand, guard }) => [
  {
    mark: 'one call of a hot guard, ns',
    measured: Math.round(guard),
    limit: `<= ${MAX_NANOSECONDS}`,
    isMet: guard <= MAX_NANOSECONDS,
  },
  {
    mark: 'the same, times a middleware that reads the header and a Map',
    measured: rounded(guard / byHand, 2),
    limit: `<= ${MAX_TIMES_BY_HAND}`,
    isMet: guard <= MAX_TIMES_BY_HAND * byHand,
  },
];

export const measure = async ({ redis }) => {
  const calls = await startCalls(redis);
  try {
    const nanoseconds = await calls.ask('measure');
    const names = { byHand: BY_HAND, guard: GUARD };
    const rows = Object.entries(names).map(([name, middleware]) => ({
      middleware,
      'ns/call': Math.round(nanoseconds[name]),
    }));
    return { rows, marks: marksOf(nanoseconds) };
  } finally {
    await calls.end();
  }
};
