// Users who sign in repeatedly with the right password, each on a connection of their own.
import { createServer } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { serve } from '../../rig/contender.mjs';
import { keepAlive } from '../keep-alive.mjs';
import { passwordGrant } from '../orders.mjs';

/**
 * `patience` is the reaction to Retry-After: `obeys` waits, `none` sends the next request immediately. Resolves with
 * the number of responses of each kind, the longest wait for one in milliseconds, and the sign-ins per second.
 */
const signIns = async ({ port, people, users, seconds, patience }) => {
  const start = performance.now();
  const answers = {};
  let longest = 0;
  const isOver = () => performance.now() - start >= seconds * 1000;
  const person = async (number) => {
    const connection = keepAlive(port);
    const request = passwordGrant(number % users);
    while (!isOver()) {
      const asked = performance.now();
      const { status, retryAfter } = await connection.ask(request);
      longest = Math.max(longest, performance.now() - asked);
      const kind = retryAfter === undefined ? String(status) : `${status} with Retry-After`;
      answers[kind] = (answers[kind] ?? 0) + 1;
      if (patience === 'obeys' && retryAfter !== undefined) await wait(retryAfter * 1000);
    }
    connection.close();
  };
  await Promise.all(Array.from({ length: people }, (_, number) => person(number)));
  return { answers, longest, perSecond: ((answers[200] ?? 0) / (performance.now() - start)) * 1000 };
};

await serve(createServer(), { answers: { signIns } });
