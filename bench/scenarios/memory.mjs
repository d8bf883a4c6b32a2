// The memory of a token: in Redis with its share of every index and everything else that issuing it leaves behind, and
// in the process's cache. Tokens are issued by the token endpoint. `used_memory` is read before and after, once it is
// steady.
import { setTimeout as wait } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { startProcess } from '../rig/processes.mjs';
import { startRedis } from '../rig/redis.mjs';
import { keepAlive } from './keep-alive.mjs';
import { clientCredentials, guarded, passwordGrant, tokenIn } from './orders.mjs';

export const title = 'Memory';

const TOKENS = 20_000;
const USERS = 2_000;
const CACHED = 10_000; // the default maxEntries
const CONNECTIONS = 20;
const STILL_FOR_MS = 500;
const BETWEEN_LOOKS_MS = 100;
const MAX_CHANGE_BYTES = 4096; // a fifth of a byte per token

const usedMemory = async (redis) => Number(/^used_memory:(\d+)/m.exec(await redis.info('memory'))[1]);

/** Waits until the figure is steady: Redis rehashes in the background. The gate's beats change it by a few bytes. */
const steadyMemory = async (redis) => {
  let last = await usedMemory(redis);
  for (let stillFor = 0; stillFor < STILL_FOR_MS;) {
    await wait(BETWEEN_LOOKS_MS);
    const now = await usedMemory(redis);
    stillFor = Math.abs(now - last) <= MAX_CHANGE_BYTES ? stillFor + BETWEEN_LOOKS_MS : 0;
    last = now;
  }
  return last;
};

/** Resolves with the responses to `count` requests, built from their numbers, in no particular order. */
const askMany = async (port, count, requestOfNumber) => {
  const answers = [];
  let next = 0;
  const worker = async () => {
    const connection = keepAlive(port);
    while (next < count) {
      next += 1;
      answers.push(await connection.ask(requestOfNumber(next - 1)));
    }
    connection.close();
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, worker));
  return answers;
};

const startGate = (server, options) =>
  startProcess(new URL('./processes/gates.mjs', import.meta.url), {
    args: [JSON.stringify([{ redis: server.socket, options: { users: 'anyone', deadline: 10_000, ...options } }])],
    flags: ['--expose-gc'],
  });

/** Measures the bytes in Redis per response of the token endpoint, on a Redis server of its own. */
const perIssue = async (requestOfNumber) => {
  const server = await startRedis();
  const redis = new Redis(server.socket);
  const gate = await startGate(server, {});
  try {
    // Warm-up, so that scripts, connections and their buffers exist before the first reading.
    await askMany(gate.ready.port, CONNECTIONS, (number) => requestOfNumber(TOKENS + number));
    const before = await steadyMemory(redis);
    const answers = await askMany(gate.ready.port, TOKENS, requestOfNumber);
    for (const answer of answers) tokenIn(answer);
    return ((await steadyMemory(redis)) - before) / TOKENS;
  } finally {
    redis.disconnect();
    await gate.end();
    await server.stop();
  }
};

/** Measures the heap of a process that has accepted as many tokens as its cache can hold. */
const heapAfterUse = async (server, tokens, cache) => {
  const gate = await startGate(server, { cache });
  try {
    const answers = await askMany(gate.ready.port, tokens.length, (number) => guarded(tokens[number]));
    if (answers.some(({ status }) => status !== 200)) throw new Error('A live token was refused');
    await gate.memory(); // some objects are only freed by the second collection
    const { heapUsed, external } = await gate.memory();
    return heapUsed + external;
  } finally {
    await gate.end();
  }
};

/** Measures the bytes per cache entry: the heap of a gate with a full cache minus that of a gate without a cache. */
const perEntry = async () => {
  const server = await startRedis();
  try {
    const issuer = await startGate(server, {});
    const answers = await askMany(issuer.ready.port, CACHED, clientCredentials);
    await issuer.end();
    const tokens = answers.map(tokenIn);
    const full = await heapAfterUse(server, tokens, { maxEntries: CACHED, maxAge: 60 });
    return (full - (await heapAfterUse(server, tokens, false))) / CACHED;
  } finally {
    await server.stop();
  }
};

const judged = (mark, bytes, limit) => ({
  mark,
  measured: `${Math.round(bytes)} bytes`,
  limit: `<= ${limit} bytes`,
  isMet: bytes <= limit,
});

const rowOf = (of, bytes, where) => ({ of, where, bytes: Math.round(bytes) });

export const measure = async () => {
  const clientToken = await perIssue(clientCredentials);
  const pair = await perIssue((number) => passwordGrant(number % USERS));
  const lonePair = await perIssue(passwordGrant);
  const entry = await perEntry();
  return {
    rows: [
      rowOf(`a client-credentials token, of ${TOKENS} of one client`, clientToken, 'Redis'),
      rowOf(`a password pair, of ${TOKENS} of ${USERS} users`, pair, 'Redis'),
      rowOf(`a password pair, of ${TOKENS} users with one each`, lonePair, 'Redis'),
      rowOf(`a cached token, of ${CACHED}`, entry, 'process'),
    ],
    marks: [
      judged('Redis for a client-credentials token', clientToken, 400),
      judged(`Redis for a password pair, ${TOKENS / USERS} for each user`, pair, 850),
    ],
  };
};
