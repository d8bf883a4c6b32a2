// The measured gate, set up as an integrator would.
import { Redis } from 'ioredis';
import { scopegate } from 'scopegate';

export const PREFIX = `sg${process.pid}:`;

/** This process's client of the run's Redis, also used to inspect what the gate stores. */
export const redis = new Redis(process.env.BENCH_REDIS);

/** Creates a gate over Redis with two declared applications; `options` are added. */
export const createGate = (options = {}) =>
  scopegate({
    issuer: 'http://127.0.0.1',
    scopes: { read: 'See orders', list: 'List orders', update: 'Change orders' },
    applications: [
      { name: 'Orders app', consumerKey: 'key', consumerSecret: 'secret', scopes: ['read'] },
      { name: 'Back office', consumerKey: 'office', consumerSecret: 'office', scopes: ['read', 'list', 'update'] },
    ],
    redis,
    prefix: PREFIX,
    deadline: 2_000, // the rivals have no deadline: a stall of the machine must not cause a 503
    logger: { info: () => {}, warn: () => {}, error: console.error },
    ...options,
  });

/** Issues tokens for serveGuarded(). */
export const issueTokens = async (gate, many) => {
  const issue = async (scopes) => {
    const { accessToken } = await gate.tokens.issue({ clientId: 'office', scopes });
    return accessToken;
  };
  const dead = await issue(['read']);
  await gate.tokens.revoke({ token: dead });
  const good = [];
  while (good.length < many)
    good.push(...(await Promise.all(Array.from({ length: 50 }, () => issue(['read', 'list'])))));
  return { good, narrow: await issue(['update']), dead };
};
