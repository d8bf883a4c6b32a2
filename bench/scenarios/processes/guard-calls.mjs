// Calls guards directly, with plain objects in place of requests and responses: over HTTP, two processes that run the
// same code differ by more than a guard costs.
import { EventEmitter } from 'node:events';
import { createServer } from 'node:http';
import { serve } from '../../rig/contender.mjs';
import { createGate, issueTokens } from '../../rig/gate.mjs';
import { median } from '../../rig/statistics.mjs';

const BATCHES = 40;
const CALLS = 20_000;

const MAX_TRIES = 200;

const options = {
  plans: { large: { requests: 1_000_000_000, per: 86_400 } },
  apis: {
    plain: { resources: [{ path: '/', methods: ['GET'], scopes: ['read'] }] },
    planned: { plans: ['large'], resources: [{ path: '/', methods: ['GET'], scopes: ['read'] }] },
  },
  applications: [
    { name: 'Back office', consumerKey: 'office', consumerSecret: 'office', subscriptions: ['plain', 'planned'] },
  ],
};
const gate = createGate(options);
const countingGate = createGate({ ...options, usage: true });
await Promise.all([gate.ready(), countingGate.ready()]);
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

const guards = {
  byHand,
  guard: gate.requireScope('read'),
  ofApi: gate.api('plain').requireScope('read'),
  withPlan: gate.api('planned').requireScope('read'),
  thatEnds: gate.api('plain').requireScope('read'),
  withUsage: countingGate.api('plain').requireScope('read'),
};

/** Returns a new request, as Express would pass it on. */
const requestWith = (authorization) => ({
  method: 'GET',
  url: '/orders',
  originalUrl: '/orders',
  headers: { host: '127.0.0.1', authorization },
  rawHeaders: ['Host', '127.0.0.1', 'Authorization', authorization],
});

const credentials = good.map((token) => `Bearer ${token}`);

/** A response that keeps its headers, which a plan sets, and sends nothing. */
class PlainResponse {
  headersSent = false;
  destroyed = false;
  statusCode = 200;
  #headers = {};
  setHeader(name, value) {
    this.#headers[name] = value;
    return this;
  }
  end() {}
  destroy() {}
}

/** A response that ends, as Node's does after it was sent. */
class EndingResponse extends EventEmitter {
  headersSent = false;
  destroyed = false;
  statusCode = 200;
  setHeader() {
    return this;
  }
  getHeader() {}
  end() {
    this.headersSent = true;
    this.emit('close');
  }
  destroy() {}
}

const createPlain = () => new PlainResponse();
const createEnding = () => new EndingResponse();

/** The guards whose responses end. */
const RESPONSES = { thatEnds: createEnding, withUsage: createEnding };

/** Resolves with the status of a refusal, or with `passed`. */
const outcomeOf = (guard, token) =>
  new Promise((resolve) => {
    const response = Object.assign(new EndingResponse(), { end: () => resolve(response.statusCode) });
    guard(requestWith(`Bearer ${token}`), response, () => resolve('passed'));
  });

/** Sends all tokens once, so that they are cached and counted against leases, and checks that the scope is checked. */
const check = async (guard) => {
  const outcomes = new Set(await Promise.all(good.map((token) => outcomeOf(guard, token))));
  if (outcomes.size > 1 || !outcomes.has('passed')) {
    throw new Error(`It cannot be measured: good tokens were answered ${[...outcomes].join(' and ')}`);
  }
  if ((await outcomeOf(guard, narrow)) === 'passed') throw new Error('It cannot be measured: it checks no scope');
};

/** Returns nanoseconds of CPU time per call of one batch; `undefined` once the guard does not let a call through immediately. */
const runBatch = (guard, createResponse) => {
  let passed = 0;
  const next = () => {
    passed += 1;
  };
  const before = process.cpuUsage();
  for (let call = 0; call < CALLS; call += 1) {
    const response = createResponse();
    guard(requestWith(credentials[call % credentials.length]), response, next);
    if (passed !== call + 1) return undefined;
    response.end();
  }
  const { user, system } = process.cpuUsage(before); // unlike a clock, it stops while another process has the core
  return ((user + system) * 1_000) / CALLS;
};

/** Repeats a batch until all of its calls were hot: tokens cached, and counted against a lease that the gate has. */
const hotBatch = async (guard, createResponse) => {
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    await check(guard); // also lets the gate read from Redis, because a batch blocks the event loop
    const nanoseconds = runBatch(guard, createResponse);
    if (nanoseconds !== undefined) return nanoseconds;
  }
  throw new Error(`It cannot be measured: no batch of ${MAX_TRIES} was let through without a delay`);
};

/** Resolves with the median nanoseconds of CPU time per call of each guard. The batches of all guards alternate. */
const measure = async () => {
  const named = Object.entries(guards);
  const times = new Map(named.map(([name]) => [name, []]));
  for (let round = 0; round < BATCHES; round += 1) {
    for (const [name, guard] of round % 2 === 0 ? named : named.toReversed()) {
      times.get(name).push(await hotBatch(guard, RESPONSES[name] ?? createPlain));
    }
  }
  return Object.fromEntries(named.map(([name]) => [name, median(times.get(name))]));
};

await serve(createServer(), { answers: { measure } });
