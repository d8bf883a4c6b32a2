// What one call of a guard costs, without HTTP.
import { startProcess } from '../rig/processes.mjs';
import { rounded } from '../rig/statistics.mjs';

export const title = 'One call of a guard, in process';

const GUARDS = {
  byHand: 'a middleware that reads the header and a Map',
  guard: 'gate.requireScope, hot',
  ofApi: 'gate.api(…).requireScope, hot',
  withPlan: 'the same with a plan',
  thatEnds: 'gate.api(…).requireScope, hot, and the end of a response',
  withUsage: 'the same, counted for the usage of the application',
};

const MAX_NANOSECONDS = 1_500;
const MAX_TIMES_BY_HAND = 4;
const MAX_ADDED_BY_PLAN = 1_000;
const MAX_ADDED_BY_USAGE = 1_000;

const startCalls = (redis) =>
  startProcess(new URL('processes/guard-calls.mjs', import.meta.url), { env: { BENCH_REDIS: redis.socket } });

const marksOf = ({ byHand, guard, ofApi, withPlan, thatEnds, withUsage }) => [
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
  {
    mark: 'a plan adds to a call of a hot guard, ns',
    measured: Math.round(withPlan - ofApi),
    limit: `<= ${MAX_ADDED_BY_PLAN}`,
    isMet: withPlan - ofApi <= MAX_ADDED_BY_PLAN,
  },
  {
    mark: 'the usage of applications adds to a call of a hot guard, ns',
    measured: Math.round(withUsage - thatEnds),
    limit: `<= ${MAX_ADDED_BY_USAGE}`,
    isMet: withUsage - thatEnds <= MAX_ADDED_BY_USAGE,
  },
];

export const measure = async ({ redis }) => {
  const calls = await startCalls(redis);
  try {
    const nanoseconds = await calls.ask('measure');
    const rows = Object.entries(GUARDS).map(([name, middleware]) => ({
      middleware,
      'ns/call': Math.round(nanoseconds[name]),
    }));
    return { rows, marks: marksOf(nanoseconds) };
  } finally {
    await calls.end();
  }
};
