// The cost of a guard over HTTP: one route behind each guard, and the same route without one. A call of a hot guard is
// judged in call.mjs, because two processes that run the same code differ by more than it costs.
import { runRounds } from '../rig/rounds.mjs';
import { rounded } from '../rig/statistics.mjs';

export const title = 'Guarded route';

const BARE = 'Express alone';
const OPEN = 'unguarded, gate.routes() mounted';
const HOT = 'scopegate, hot';
const MISS = 'scopegate, every request a miss';

/** Products that can be used instead of scopegate. */
const RIVALS = {
  'passport-http-bearer + ioredis': 'guard-passport',
  '@node-oauth/oauth2-server + ioredis': 'guard-oauth2-server',
  'express-oauth2-jwt-bearer, RS256': 'guard-jwt',
};

/** Guards without any product: lower bounds, not rivals. */
const FLOORS = {
  'hand-written, one GET': 'guard-by-hand',
  'hand-written, one GET and a Map': 'guard-by-hand-cached',
};

const OTHERS = { ...RIVALS, ...FLOORS };

/** The name of the unguarded app in a contender's process. */
const bareOf = (name) => `${name}: Express alone`;

const LINES = {
  [BARE]: { file: 'guard-scopegate', load: 'bare' },
  [OPEN]: { file: 'guard-scopegate', load: 'open' },
  [HOT]: { file: 'guard-scopegate', load: 'guarded' },
  [MISS]: { file: 'guard-scopegate', load: 'missed' },
  ...Object.fromEntries(
    Object.entries(OTHERS).flatMap(([name, file]) => [
      [bareOf(name), { file, load: 'bare' }],
      [name, { file, load: 'guarded' }],
    ]),
  ),
};

/** The baseline of each line, in the same process. */
const BESIDE = {
  [OPEN]: BARE,
  [HOT]: OPEN,
  [MISS]: OPEN,
  ...Object.fromEntries(Object.keys(OTHERS).map((name) => [name, bareOf(name)])),
};

/** CPU microseconds of an unguarded request on the machine for which the marks were set. */
const REFERENCE_US = 76;

const atMost = (mark, measured, limit) => ({
  mark,
  measured: rounded(measured),
  limit: rounded(limit),
  isMet: measured <= limit,
});
const atLeast = (mark, measured, limit) => ({
  mark,
  measured: rounded(measured),
  limit,
  isMet: measured >= limit,
});

const marksOf = (rounds) => {
  const scale = rounds.median(OPEN, 'perRequest') / REFERENCE_US;
  const added = (name) => rounds.difference(name, BESIDE[name], 'perRequest');
  const throughput = (name) => 100 * rounds.ratio(name, OPEN, 'perSecond');
  return [
    atMost('gate.routes() adds to bare Express, µs', added(OPEN), 4 * scale),
    atMost('a miss adds to the unguarded route, µs', added(MISS), 18 * scale),
    atLeast('hot guarded throughput, % of unguarded', throughput(HOT), 92),
    atLeast('throughput on misses, % of unguarded', throughput(MISS), 80),
  ];
};

export const measure = async ({ rounds, seconds, redis }) => {
  const shown = await runRounds(LINES, { rounds, seconds, redis });
  const rows = [BARE, ...Object.keys(BESIDE)].map((name) => {
    const beside = BESIDE[name] ?? name;
    return {
      'GET /orders': name,
      'CPU µs/request': rounded(shown.median(name, 'perRequest')),
      'without, same process': rounded(shown.median(beside, 'perRequest')),
      'added µs': rounded(shown.difference(name, beside, 'perRequest')),
      'requests/s': Math.round(shown.median(name, 'perSecond')),
      '% of throughput without': rounded(100 * shown.ratio(name, beside, 'perSecond')),
      'p99 ms': rounded(shown.median(name, 'p99')),
    };
  });
  return { rows, marks: marksOf(shown) };
};
