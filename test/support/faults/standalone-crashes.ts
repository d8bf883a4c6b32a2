import { Repeated } from './repeated';
import { Standalone, type Driver } from './standalone';
import { SILENCE_MS, type FaultCase } from './topology';

/** Occupies the server for this many milliseconds, as a long script of another program does. */
const LONG_SCRIPT = `
local function now() local t = redis.call('time') return t[1] * 1000 + math.floor(t[2] / 1000) end
local finish = now() + tonumber(ARGV[1])
while now() < finish do end`;

/** Faults of the server process itself. */
export const crashes = (driver: Driver): readonly FaultCase<Standalone>[] => [
  {
    title: 'the server is killed and restarts from its append-only file',
    open: () => Standalone.open(driver, 'aof'),
    fault: ({ server }) => ({ begin: () => server.kill(), end: () => server.start() }),
    state: 'away',
    refuses: ['issue', 'revoke'],
    isInShortForm: true,
  },
  {
    title: 'the server is killed and restarts empty',
    open: () => Standalone.open(driver),
    fault: ({ server }) => ({ begin: () => server.kill(), end: () => server.start() }),
    state: 'away',
    refuses: ['issue', 'revoke'],
    loses: { what: 'everything', why: 'Redis keeps nothing on disk' },
  },
  {
    title: 'the server is killed and restarts from an earlier snapshot',
    open: () => Standalone.open(driver, 'snapshot'),
    fault: ({ server, admin }) => ({
      begin: async () => void (await admin.save()),
      end: async () => {
        await server.kill();
        await server.start();
      },
    }),
    keepsServing: ['guard', 'issue', 'refresh', 'revoke', 'check'],
    loses: { what: 'recent', why: 'Redis is back at the snapshot, which is older than the revocation' },
  },
  {
    title: 'the server is frozen',
    open: () => Standalone.open(driver),
    fault: ({ server }) => ({ begin: () => server.pause(), end: () => server.resume() }),
    state: 'away',
    lastsMs: SILENCE_MS,
    refuses: ['issue', 'revoke'],
    revocationBoundMs: 2_000,
    isInShortForm: true,
  },
  {
    title: 'a script occupies the server for 300 ms, again and again',
    open: () => Standalone.open(driver),
    fault: ({ admin }) => new Repeated(700, () => admin.eval(LONG_SCRIPT, 0, 300)),
    keepsServing: ['guard', 'issue', 'refresh', 'revoke', 'check'],
    revocationBoundMs: 2_000,
  },
];
