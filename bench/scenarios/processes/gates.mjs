// Gates in a process of their own, configured by the JSON of the first argument: a list of `{ at, redis, options }`.
// Each has a guarded route at `<at>/guarded`, and all have the same application, `CLIENT` of ../orders.mjs.
import express from 'express';
import { Redis } from 'ioredis';
import { scopegate } from 'scopegate';
import { serve } from '../../rig/contender.mjs';
import { CLIENT, userName } from '../orders.mjs';

/** `anyone` accepts every user without a password hash, for measurements of something else. */
const usersOf = (users) => (users === 'anyone' ? (username) => ({ id: username }) : users);

const gates = JSON.parse(process.argv[2]).map(({ at = '', redis, options: { users, ...options } = {} }) => ({
  at,
  gate: scopegate({
    issuer: `http://127.0.0.1${at}`,
    scopes: { 'orders:read': 'See orders', 'orders:update': 'Change orders' },
    applications: [{ name: 'Orders app', consumerKey: CLIENT.id, consumerSecret: CLIENT.secret }],
    logger: { info: () => {}, warn: () => {}, error: () => {} },
    redis: new Redis(redis),
    ...(users === undefined ? {} : { users: usersOf(users) }),
    ...options,
  }),
}));

/** Issues `count` tokens in process: to the client itself, or to `users` users in turn. A million over HTTP takes long. */
const issue = async ({ count, users, underWay = 500 }) => {
  const [{ gate }] = gates;
  let next = 0;
  const worker = async () => {
    while (next < count) {
      const subject = users === undefined ? {} : { subject: userName(next % users) };
      next += 1;
      await gate.tokens.issue({ clientId: CLIENT.id, scopes: ['orders:read', 'orders:update'], ...subject });
    }
  };
  await Promise.all(Array.from({ length: underWay }, worker));
};

/** Ends the tokens of a user or a client. @returns the milliseconds until that is acknowledged */
const revoke = async (whose) => {
  const began = performance.now();
  await gates[0].gate.tokens.revoke(whose);
  return performance.now() - began;
};

const app = express();
for (const { at, gate } of gates) {
  app.get(`${at}/guarded`, gate.requireScope('orders:read'), (_request, response) => response.json({ ok: true }));
  app.use(at === '' ? '/' : at, gate.routes());
}

await Promise.all(gates.map(({ gate }) => gate.ready()));
await serve(app, { answers: { issue, revoke } });
