// A login storm: the throughput of sign-ins relative to the bare argon2 library, and their effect on guarded routes. No
// process is pinned to a core here: the system schedules the server, its password threads, Redis and both loads on all
// cores, as in production.
import { hash } from '@node-rs/argon2';
import { Checks } from '../../dist/options/checks.js';
import { readPasswords } from '../../dist/options/passwords.js';
import { unpinLoad, pinLoad } from '../rig/cores.mjs';
import { load } from '../rig/load.mjs';
import { startProcess } from '../rig/processes.mjs';
import { startRedis } from '../rig/redis.mjs';
import { median, rounded } from '../rig/statistics.mjs';
import { keepAlive } from './keep-alive.mjs';
import { authorizationOf, clientCredentials, guarded, PASSWORD, tokenIn, userName } from './orders.mjs';
import { paced } from './paced.mjs';

export const title = 'Login storm';

const USERS = 50;
const TOKENS = 50;
const SHARE_OF_CAPACITY = 1 / 5;
const PEOPLE_BESIDES = 3; // more than run concurrently, so that one is always waiting; few enough that none is shed
const MAX_GROWTH_MIB = 16;
const MIB = 1024 * 1024;

/** 150 users are more than the default limits admit and queue; `patience` is their reaction to being shed. */
const STORMS = [
  { name: '150 clients that obey Retry-After', people: 150, patience: 'obeys' },
  { name: '150 clients that retry immediately', people: 150, patience: 'none' },
];

const NO_STORM = { name: 'no sign-ins', people: 0 };

/** The gate's defaults, from its own source. */
const figures = readPasswords(new Checks(), undefined, ['passwords']);

const processAt = (name, options = {}) =>
  startProcess(new URL(`./processes/${name}.mjs`, import.meta.url), { core: undefined, ...options });

const startGate = async (redis) => {
  const passwordHash = await hash(PASSWORD, { ...figures, algorithm: 2 });
  const users = Array.from({ length: USERS }, (_, number) => ({ username: userName(number), passwordHash }));
  const gates = [{ redis: redis.socket, options: { prefix: 'storm:', users } }];
  return processAt('gates', { args: [JSON.stringify(gates)], flags: ['--expose-gc'] });
};

const issueTokens = async (port) => {
  const connection = keepAlive(port);
  const tokens = [];
  for (let count = 0; count < TOKENS; count += 1) tokens.push(tokenIn(await connection.ask(clientCredentials())));
  connection.close();
  return tokens;
};

const growthOf = (before, after) => ({
  heap: (after.heapUsed - before.heapUsed) / MIB,
  resident: (after.rss - before.rss) / MIB,
});

const sum = (counts) =>
  counts.reduce((all, count) => {
    for (const [kind, amount] of Object.entries(count)) all[kind] = (all[kind] ?? 0) + amount;
    return all;
  }, {});

const runRounds = async ({ rounds, seconds, processes: { server, people, argon2 } }) => {
  const { port } = server.ready;
  const signIn = (storm) => people.ask('signIns', { port, users: USERS, seconds, ...storm });
  const few = { people: figures.concurrency + PEOPLE_BESIDES, patience: 'obeys' };
  const tokens = await issueTokens(port);
  const fast = tokens.map((token) => ({ method: 'GET', path: '/guarded', headers: authorizationOf(token) }));
  await load(server, { requests: fast, seconds: 1 }); // warm-up
  await signIn({ ...few, seconds: 1 });
  const { perSecond } = await load(server, { requests: fast, seconds });
  const traffic = { requests: tokens.map(guarded), rate: perSecond * SHARE_OF_CAPACITY, seconds };

  /** Measures the traffic during a storm, which begins before the measurement and ends after it. */
  const phase = async (storm) => {
    const raging = storm.people > 0 ? signIn({ ...storm, seconds: seconds + 1 }) : undefined;
    if (raging !== undefined) await paced(port, { ...traffic, seconds: 0.5 });
    const latency = await paced(port, traffic);
    return { latency, ...(await raging) };
  };

  const before = await server.memory();
  const results = [];
  for (let round = 0; round < rounds; round += 1) {
    const alone = await argon2.ask('verifications', { ...figures, seconds });
    const grants = await signIn(few);
    const phases = [];
    for (const storm of [NO_STORM, ...STORMS]) phases.push(await phase(storm));
    results.push({ alone, grants, phases });
  }
  return { results, rate: traffic.rate, growth: growthOf(before, await server.memory()) };
};

const SHED = '503 with Retry-After';

const passwordFigures = (results) => {
  const answers = sum(results.map(({ grants }) => grants.answers));
  if (Object.keys(answers).join() !== '200') throw new Error(`Sign-ins were refused: ${JSON.stringify(answers)}`);
  const share = median(results.map(({ alone, grants }) => grants.perSecond / alone));
  return {
    rows: [
      { what: 'argon2 alone', 'per second': rounded(median(results.map(({ alone }) => alone))) },
      { what: 'password grants', 'per second': rounded(median(results.map(({ grants }) => grants.perSecond))) },
    ],
    mark: {
      mark: `password grants, relative to argon2 alone, ${figures.concurrency} at a time`,
      measured: `${rounded(share * 100)} %`,
      limit: '>= 90 %',
      isMet: share >= 0.9,
    },
  };
};

/** Returns the figures of the guard in a phase, and those of the storm if there was one. */
const phaseFigures = (results, index) => {
  const phases = results.map((result) => result.phases[index]);
  return {
    ratio: median(results.map((result) => result.phases[index].latency.p99 / result.phases[0].latency.p99)),
    p50: rounded(median(phases.map(({ latency }) => latency.p50)), 2),
    p99: rounded(median(phases.map(({ latency }) => latency.p99)), 2),
    answers: sum(phases.map(({ answers = {} }) => answers)),
    longest: Math.round(Math.max(...phases.map(({ longest = 0 }) => longest))),
  };
};

const stormMarks = ({ name }, { ratio, answers, longest }) => {
  const longestAllowed = 2 * figures.queueDeadline;
  const kinds = Object.keys(answers).sort().join();
  return [
    {
      mark: `guard p99 with ${name}, relative to the quiet p99`,
      measured: `${rounded(ratio, 2)} x`,
      limit: '<= 2 x',
      isMet: ratio <= 2,
    },
    {
      mark: `responses to ${name}`,
      measured: `${JSON.stringify(answers)}, the last after ${longest} ms`,
      limit: `only 200 and ${SHED}, some of each, within ${longestAllowed} ms`,
      isMet: kinds === ['200', SHED].join() && longest <= longestAllowed,
    },
  ];
};

const report = ({ results, rate, growth }) => {
  const passwords = passwordFigures(results);
  const phases = [NO_STORM, ...STORMS].map(({ name }, index) => ({ name, ...phaseFigures(results, index) }));
  const rows = phases.map(({ name, ratio, p50, p99, answers, longest }) => ({
    what: `guarded route, ${name}`,
    'per second': Math.round(rate),
    'p50 ms': p50,
    'p99 ms': p99,
    'p99 / quiet': rounded(ratio, 2),
    ...(longest === 0 ? {} : { admitted: answers[200] ?? 0, shed: answers[SHED] ?? 0, 'longest wait ms': longest }),
  }));
  const none = Object.fromEntries(Object.keys(rows.at(-1)).map((name) => [name, undefined]));
  return {
    rows: [...passwords.rows, ...rows].map((row) => ({ ...none, ...row })),
    marks: [
      passwords.mark,
      ...STORMS.flatMap((storm, index) => stormMarks(storm, phases[index + 1])),
      {
        mark: 'growth of the server in all storms',
        measured: `${rounded(growth.heap)} MiB of heap, ${rounded(growth.resident)} MiB resident`,
        limit: `<= ${MAX_GROWTH_MIB} MiB of heap`,
        isMet: growth.heap <= MAX_GROWTH_MIB,
      },
    ],
  };
};

export const measure = async ({ rounds, seconds }) => {
  unpinLoad();
  const ends = [async () => pinLoad()];
  const started = async (starting, end) => {
    const one = await starting;
    ends.unshift(() => end(one));
    return one;
  };
  try {
    const redis = await started(startRedis(), (server) => server.stop());
    const server = await started(startGate(redis), (process) => process.end());
    const people = await started(processAt('sign-ins'), (process) => process.end());
    const argon2 = await started(processAt('argon2'), (process) => process.end());
    return report(await runRounds({ rounds, seconds, processes: { server, people, argon2 } }));
  } finally {
    for (const end of ends) await end();
  }
};
