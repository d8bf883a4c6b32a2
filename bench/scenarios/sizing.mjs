// What a million live tokens need: memory and files of Redis, the time to start with them, and the time of an ending.
// It is measured twice: with tokens of one client, and with pairs of 100,000 users. Every token is issued by a gate, so
// its records, indexes and epochs are the real ones.
import { PersistentRedis } from '../rig/persistent-redis.mjs';
import { startProcess } from '../rig/processes.mjs';
import { median, rounded } from '../rig/statistics.mjs';
import { CLIENT, userName } from './orders.mjs';

export const title = 'A million live tokens';

const COUNT = 1_000_000;
const USERS = 100_000;
const REVOKED_USERS = 100;
const MIB = 1024 * 1024;
const LIFETIME = 86_400; // the longest that an access token may have

const KINDS = [
  { name: 'tokens of one client', users: undefined },
  { name: `pairs of ${USERS.toLocaleString('en')} users`, users: USERS },
];

const mib = (bytes) => Math.round(Number(bytes) / MIB);

const startGate = (redis, options = {}) =>
  startProcess(new URL('./processes/gates.mjs', import.meta.url), {
    args: [
      JSON.stringify([
        {
          redis: redis.socket,
          options: {
            users: 'anyone',
            deadline: 60_000, // stalls of the machine are not measured
            tokens: { accessTokenLifetime: LIFETIME, refreshTokenLifetime: LIFETIME },
            ...options,
          },
        },
      ]),
    ],
    flags: ['--expose-gc'],
  });

/** Measures what Redis holds and writes. `issueMore` issues tokens for as long as its promise is pending. */
const measureRedis = async (redis, issueMore) => {
  const { used_memory: used, used_memory_rss: resident } = await redis.info();
  const quiet = await redis.save('BGSAVE');
  const rewritten = await redis.save('BGREWRITEAOF');
  const aof = redis.bytesOfAof();
  const rdb = redis.bytesOfRdb();
  const issuing = issueMore();
  const busy = await redis.save('BGSAVE');
  await issuing;
  return {
    'used_memory, MiB': mib(used),
    'used_memory_rss, MiB': mib(resident),
    'bytes per token': Math.round(used / COUNT),
    'AOF after a rewrite, MiB': mib(aof),
    'RDB, MiB': mib(rdb),
    'fork, ms': rounded(quiet.info.latest_fork_usec / 1000),
    'BGSAVE, s': rounded(quiet.milliseconds / 1000),
    'BGREWRITEAOF, s': rounded(rewritten.milliseconds / 1000),
    'copied during BGSAVE, no traffic, MiB': mib(quiet.info.rdb_last_cow_size),
    'copied during BGSAVE, tokens being issued, MiB': mib(busy.info.rdb_last_cow_size),
  };
};

const measureStarts = async (redis) => ({
  'start from the AOF, s': rounded((await redis.restart({ from: 'aof' })) / 1000),
  'start from the RDB, s': rounded((await redis.restart({ from: 'rdb' })) / 1000),
});

const measureEndings = async (gate, users) => {
  const times = [];
  for (let number = 0; number < REVOKED_USERS && users !== undefined; number += 1) {
    times.push(await gate.ask('revoke', { user: userName(number) }));
  }
  return {
    'revocation of a user, ms, median': times.length === 0 ? '' : rounded(median(times), 2),
    'revocation of a user, ms, longest': times.length === 0 ? '' : rounded(Math.max(...times), 2),
    'revocation of the client, ms': rounded(await gate.ask('revoke', { clientId: CLIENT.id }), 2),
  };
};

const measureKind = async ({ users }) => {
  const redis = await PersistentRedis.start();
  try {
    const gate = await startGate(redis);
    const began = performance.now();
    await gate.ask('issue', { count: COUNT, users });
    const perSecond = Math.round((COUNT / (performance.now() - began)) * 1000);
    const figures = await measureRedis(redis, () => gate.ask('issue', { count: COUNT / 20, users }));
    await gate.end();
    const starts = await measureStarts(redis);
    const again = await startGate(redis);
    const endings = await measureEndings(again, users);
    const freed = await redis.untilSteady();
    await again.end();
    return {
      ...figures,
      ...starts,
      ...endings,
      'memory is freed within, s': rounded(freed.milliseconds / 1000),
      'used_memory afterwards, MiB': mib(freed.bytes),
      'issued in process, per second': perSecond,
    };
  } finally {
    await redis.stop();
  }
};

export const measure = async () => {
  const columns = [];
  for (const kind of KINDS) columns.push({ name: kind.name, figures: await measureKind(kind) });
  const rows = Object.keys(columns[0].figures).map((what) => ({
    what,
    ...Object.fromEntries(columns.map(({ name, figures }) => [name, figures[what]])),
  }));
  return { rows, marks: [] };
};
