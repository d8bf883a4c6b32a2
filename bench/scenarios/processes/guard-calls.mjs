// Calls guards directly, with plain objects in place of requests and responses: over HTTP, two processes that run the
// same code differ by more than a guard costs.
import { createServer } from 'node:http';
import { serve } from '../../rig/contender.mjs';
import { createGate, issueTokens } from '../../rig/gate.mjs';
import { median } from '../../rig/statistics.mjs';

const BATCHES = 40;
const CALLS = 20_000;

const gate = createGate();
await gate.ready();
const { good, narrow } = await issueTokens(gate, 50);

/** The least that a guard can do: it reads the header and a record in a Map. */
const byHand = (() => {
  const records = new Map(good.map((token) => [token, { scopes: ['read'], expiresAt: Date.now() + 3_600_000 }]));
  return (request, response, next) => {
    const { authorization = '' } = request.headers;
    const record = authorization.startsWith('Bearer ') ? records.get(authorization.slice(7)) : undefined;
    if (record === undefined || record.expiresAt <= Date.now() || !record.scopes.includes('read')) {
      response.statusCode = 401;
      response.end();
      return;
    }
    request.token = record;
    next();
  };
})();

const guards = { byHand, guard: gate.requireScope('read') };

/** Returns a new request, as Express would pass it on. */
const requestWith = (authorization) => ({
  method: 'GET',
  url: '/orders',
  originalUrl: '/orders',
  headers: { host: '127.0.0.1', authorization },
  rawHeaders: ['Host', '127.0.0.1', 'Authorization', authorization],
});

const credentials = good.map((token) => `Bearer ${token}`);
const response = { headersSent: false, destroyed: false };

/** Resolves with the status of a refusal, or with `passed`. */
const outcomeOf = (guard, token) =>
  new Promise((resolve) => {
    const refused = { ...response, statusCode: 200, setHeader: () => refused, hasHeader: () => false };
    refused.end = () => resolve(refused.statusCode);
    guard(requestWith(`Bearer ${token}`), refused, () => resolve('passed'));
  });

/** Reads all tokens, so that they are cached, and checks that the guard refuses a token without the scope. */
const check = async (guard) => {
  for (const token of good) {
    const outcome = await outcomeOf(guard, token);
    if (outcome !== 'passed') throw new Error(`It cannot be measured: a good token was answered ${outcome}`);
  }
  if ((await outcomeOf(guard, narrow)) === 'passed') throw new Error('It cannot be measured: it checks no scope');
};

/** Returns nanoseconds per call of one batch. */
const batch = (guard) => {
  let passed = 0;
  const next = () => {
    passed += 1;
  };
  const began = process.hrtime.bigint();
  for (let call = 0; call < CALLS; call += 1)
    guard(requestWith(credentials[call % credentials.length]), response, next);
  const took = Number(process.hrtime.bigint() - began);
  if (passed !== CALLS) throw new Error(`It cannot be measured: ${CALLS - passed} calls were refused or delayed`);
  return took / CALLS;
};

/** Resolves with the median nanoseconds per call of each guard. The batches of all guards alternate. */
const measure = async () => {
  const named = Object.entries(guards);
  const times = new Map(named.map(([name]) => [name, []]));
  for (let round = 0; round < BATCHES; round += 1) {
    for (const [name, guard] of round % 2 === 0 ? named : named.toReversed()) {
      await check(guard); // also lets the gate read from Redis, because a batch blocks the event loop
      times.get(name).push(batch(guard));
    }
  }
  return Object.fromEntries(named.map(([name]) => [name, median(times.get(name))]));
};

await serve(createServer(), { answers: { measure } });
