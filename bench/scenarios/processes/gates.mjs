// Gates in a process of their own, configured by the JSON of the first argument: a list of `{ at, redis, options }`.
// Each has a guarded route at `<at>/guarded`, and all have the same application, `CLIENT` of ../orders.mjs.
import express from 'express';
import { Redis } from 'ioredis';
import { scopegate } from 'scopegate';
import { serve } from '../../rig/contender.mjs';
import { CLIENT } from '../orders.mjs';

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

const app = express();
for (const { at, gate } of gates) {
  app.get(`${at}/guarded`, gate.requireScope('orders:read'), (_request, response) => response.json({ ok: true }));
  app.use(at === '' ? '/' : at, gate.routes());
}

await Promise.all(gates.map(({ gate }) => gate.ready()));
await serve(app);
