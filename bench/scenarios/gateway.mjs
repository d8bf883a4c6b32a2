// The cost of a proxied GET: the example gateway with all features on, beside Node's own `http` and two rivals.
import { existsSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { LOAD_CORE } from '../rig/cores.mjs';
import { startProcess } from '../rig/processes.mjs';
import { runRounds } from '../rig/rounds.mjs';
import { rounded } from '../rig/statistics.mjs';

export const title = 'Proxied GET';

const PIPING = "Node's http, piping";
const OPEN_PROXY = 'Express + http-proxy-middleware, no guard';
const RIVAL = 'Express Gateway 1.16, oauth2 policy';
const OURS = 'the example gateway, all features on';

const LINES = {
  [PIPING]: { file: 'gateway-piping', load: 'proxied' },
  [OPEN_PROXY]: { file: 'gateway-http-proxy-middleware', load: 'proxied' },
  [RIVAL]: { file: 'gateway-express-gateway', load: 'proxied' },
  [OURS]: { file: 'gateway-scopegate', load: 'proxied' },
};

const MAX_TIMES_PIPING = 2.5;
const MIN_TIMES_RIVAL = 2.5;
const MIN_TIMES_OPEN_PROXY = 1.5;

const marksOf = (rounds) => {
  const cost = rounds.ratio(OURS, PIPING, 'perRequest');
  const throughput = (mark, other, limit) => {
    const times = rounds.ratio(OURS, other, 'perSecond');
    return { mark, measured: rounded(times, 2), limit: `>= ${limit}`, isMet: times >= limit };
  };
  return [
    {
      mark: "CPU of a guarded request through the gateway, times Node's http piping",
      measured: rounded(cost, 2),
      limit: `<= ${MAX_TIMES_PIPING}`,
      isMet: cost <= MAX_TIMES_PIPING,
    },
    throughput('throughput, times Express Gateway', RIVAL, MIN_TIMES_RIVAL),
    throughput('throughput, times Express + http-proxy-middleware without a guard', OPEN_PROXY, MIN_TIMES_OPEN_PROXY),
  ];
};

/** Installs Express Gateway, which no other part needs, without the install scripts of its packages. */
const installRival = () => {
  const folder = fileURLToPath(new URL('../express-gateway', import.meta.url));
  if (existsSync(`${folder}/node_modules/express-gateway`)) return;
  const { status } = spawnSync('npm', ['ci', '--ignore-scripts', '--silent'], { cwd: folder, stdio: 'inherit' });
  if (status !== 0) throw new Error('Express Gateway could not be installed.');
};

export const measure = async (run) => {
  installRival();
  const upstream = await startProcess(new URL('processes/upstream.mjs', import.meta.url), { core: LOAD_CORE });
  try {
    const env = {
      BENCH_UPSTREAM: upstream.url,
      BENCH_LOG: upstream.ready.logSocket,
      BENCH_REDIS_URL: `redis://127.0.0.1:${run.redis.port}`,
    };
    const shown = await runRounds(LINES, run, env);
    const rows = Object.keys(LINES).map((name) => ({
      'GET /orders/17': name,
      'CPU µs/request': rounded(shown.median(name, 'perRequest')),
      'times piping': rounded(shown.ratio(name, PIPING, 'perRequest'), 2),
      'requests/s': Math.round(shown.median(name, 'perSecond')),
      'p99 ms': rounded(shown.median(name, 'p99')),
    }));
    return { rows, marks: marksOf(shown) };
  } finally {
    await upstream.end();
  }
};
