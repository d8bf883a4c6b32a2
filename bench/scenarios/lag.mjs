// How long other gates still accept a revoked token: three processes with one gate each share a Redis, a token that is
// cached in all of them is revoked at one, and after the acknowledgement all three get requests in a tight loop. A lag
// is the time from the arrival of the acknowledgement to that of the refusal after which no request is accepted. No
// process is pinned to a core here.
import { setTimeout as wait } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { pinLoad, unpinLoad } from '../rig/cores.mjs';
import { startProcess } from '../rig/processes.mjs';
import { startRedis } from '../rig/redis.mjs';
import { median, percentile, rounded } from '../rig/statistics.mjs';
import { keepAlive } from './keep-alive.mjs';
import { listenerLink } from './listener-link.mjs';
import { clientCredentials, guarded, revocation, tokenIn } from './orders.mjs';

export const title = 'Revocation lag over three processes';

const GATES = 3;
const SAMPLES = 200;
const BROKEN_SAMPLES = 4;
const BROKEN_GATE = GATES - 1;
const P99_MS = 50;
const LAST_ACCEPT_MS = 2_000;
const WATCHED_MS = 2_600; // longer than any token may still be accepted
const BETWEEN_WATCHFUL_QUESTIONS_MS = 2;
const HOT_DEADLINE_MS = 20_000;

/** Commands that gates send without a request, or that this benchmark sends. */
const NO_LOOK_UP = new Set(['publish', 'spublish', 'ping', 'info', 'client|kill']);

/** Counts the Redis commands that read tokens. */
const lookUps = async (redis) => {
  const stats = await redis.info('commandstats');
  const counts = [...stats.matchAll(/^cmdstat_([^:]+):calls=(\d+)/gm)];
  return counts.reduce((total, [, command, calls]) => (NO_LOOK_UP.has(command) ? total : total + Number(calls)), 0);
};

const askAll = async (gates, request) => {
  const answers = await Promise.all(gates.map((gate) => gate.ask(request)));
  return answers.map(({ status }) => status);
};

/** Sends requests to all gates until they answer without querying Redis. */
const makeHot = async (gates, redis, token) => {
  const request = guarded(token);
  const begun = performance.now();
  for (;;) {
    await askAll(gates, request);
    const before = await lookUps(redis);
    const statuses = await askAll(gates, request);
    if (statuses.some((status) => status !== 200)) throw new Error(`A live token was answered ${statuses.join()}`);
    if ((await lookUps(redis)) === before) return;
    if (performance.now() - begun > HOT_DEADLINE_MS) throw new Error('No token became hot in all gates');
    await wait(5);
  }
};

/** Sends requests until one is refused, and at least for `watchedFor` ms; returns milliseconds since `acknowledged`. */
const follow = async (gate, request, { acknowledged, watchedFor }) => {
  let lastAccepted = 0;
  let refused;
  for (;;) {
    const { status } = await gate.ask(request);
    const elapsed = performance.now() - acknowledged;
    if (status === 200) {
      lastAccepted = elapsed;
      refused = undefined;
    } else if (status === 401) refused ??= elapsed;
    else throw new Error(`A revoked token was answered ${status}`);
    if (refused !== undefined && elapsed >= watchedFor) return { lastAccepted, refused };
    if (watchedFor > 0) await wait(BETWEEN_WATCHFUL_QUESTIONS_MS);
  }
};

/** Revokes a token and measures the lag. `harm` breaks the link just before the revocation. */
const revokeOne = async ({ gates, redis }, { at, watchedFor = 0, harm = async () => {} }) => {
  const token = tokenIn(await gates[at].ask(clientCredentials()));
  await makeHot(gates, redis, token);
  await harm();
  const { status } = await gates[at].ask(revocation(token));
  const acknowledged = performance.now();
  if (status !== 200) throw new Error(`The revocation was answered ${status}`);
  const request = guarded(token);
  const followed = await Promise.all(gates.map((gate) => follow(gate, request, { acknowledged, watchedFor })));
  const afterwards = await askAll(gates, request);
  if (afterwards.some((again) => again !== 401)) throw new Error(`Refused, and then answered ${afterwards.join()}`);
  return {
    refused: Math.max(...followed.map(({ refused }) => refused)),
    lastAccepted: Math.max(...followed.map(({ lastAccepted }) => lastAccepted)),
  };
};

const harms = (link, redis) => [
  { name: 'listener of one gate cut', harm: async () => link.cut() },
  { name: 'listener of one gate cut and kept away', harm: async () => link.refuse() },
  { name: 'all listeners killed by Redis', harm: () => redis.client('KILL', 'TYPE', 'pubsub') },
  { name: 'listener of one gate silent', harm: async () => link.silence() },
];

const brokenLinks = async (rig, link) => {
  const kinds = [];
  for (const { name, harm } of harms(link, rig.redis)) {
    const samples = [];
    while (samples.length < BROKEN_SAMPLES) {
      samples.push(await revokeOne(rig, { at: 0, watchedFor: WATCHED_MS, harm }));
      link.heal();
    }
    kinds.push({ name, samples, last: Math.max(...samples.map(({ lastAccepted }) => lastAccepted)) });
  }
  return kinds;
};

const intact = async (rig) => {
  const lags = [];
  for (let sample = -20; sample < SAMPLES; sample += 1) {
    const { refused } = await revokeOne(rig, { at: Math.abs(sample) % GATES });
    if (sample >= 0) lags.push(refused); // before that: warm-up
  }
  return { lags, p99: percentile(lags, 0.99) };
};

const rowOf = (name, lags) => ({
  link: name,
  samples: lags.length,
  'p50 ms': rounded(median(lags), 2),
  'p99 ms': rounded(percentile(lags, 0.99), 2),
  'max ms': rounded(Math.max(...lags), 2),
});

const report = ({ lags, p99 }, kinds) => ({
  rows: [
    rowOf('intact', lags),
    ...kinds.map(({ name, samples }) =>
      rowOf(
        name,
        samples.map(({ refused }) => refused),
      ),
    ),
  ],
  marks: [
    {
      mark: `revocation lag over ${GATES} processes, p99`,
      measured: `${rounded(p99)} ms`,
      limit: `<= ${P99_MS} ms`,
      isMet: p99 <= P99_MS,
    },
    ...kinds.map(({ name, last }) => ({
      mark: `last accepted request, ${name}`,
      measured: `${Math.round(last)} ms after the acknowledgement`,
      limit: `<= ${LAST_ACCEPT_MS} ms`,
      isMet: last <= LAST_ACCEPT_MS,
    })),
  ],
});

export const measure = async () => {
  unpinLoad();
  const ends = [async () => pinLoad()];
  try {
    const server = await startRedis();
    ends.unshift(() => server.stop());
    const link = await listenerLink(server.socket);
    ends.unshift(async () => link.close());
    const redis = new Redis(server.socket);
    ends.unshift(async () => redis.disconnect());
    const gates = [];
    for (let index = 0; index < GATES; index += 1) {
      const to = index === BROKEN_GATE ? { host: '127.0.0.1', port: link.port } : { path: server.socket };
      const options = { core: undefined, args: [JSON.stringify([{ redis: to }])] };
      const process = await startProcess(new URL('./processes/gates.mjs', import.meta.url), options);
      ends.unshift(() => process.end());
      const connection = keepAlive(process.ready.port);
      ends.unshift(async () => connection.close());
      gates.push(connection);
    }
    const rig = { gates, redis };
    return report(await intact(rig), await brokenLinks(rig, link));
  } finally {
    for (const end of ends) await end();
  }
};
