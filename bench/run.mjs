// Prints CPU microseconds per request and requests per second: a guarded route beside the same route unguarded, and
// the token endpoint beside a bare form POST, over Redis and over the embedded stores. Rounds are interleaved and
// medians taken, because one round is off by several microseconds. `npm run bench -- --rounds 7 --seconds 4`
import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import autocannon from 'autocannon';

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '5' }, seconds: { type: 'string', default: '4' } },
});
const rounds = Number(values.rounds);
const seconds = Number(values.seconds);
const CONNECTIONS = 50;

const median = (numbers) => {
  const sorted = [...numbers].sort((left, right) => left - right);
  return sorted[Math.floor(sorted.length / 2)];
};

const ask = async (server) => {
  const answer = once(server, 'message');
  server.send('cpu');
  const [{ cpu }] = await answer;
  return cpu.user + cpu.system;
};

const measure = async (server, title, request) => {
  const before = await ask(server);
  const result = await autocannon({ connections: CONNECTIONS, duration: seconds, ...request });
  const used = (await ask(server)) - before;
  if (result.non2xx > 0 || result.errors > 0)
    throw new Error(`${title}: ${result.non2xx} refused, ${result.errors} failed`);
  return {
    cpu: used / result.requests.total,
    perSecond: result.requests.total / result.duration,
    p99: result.latency.p99,
  };
};

const startRedis = async () => {
  const folder = await mkdtemp(join(tmpdir(), 'scopegate-bench-'));
  const socket = join(folder, 's');
  const server = spawn('redis-server', ['--port', '0', '--unixsocket', socket, '--save', '', '--appendonly', 'no'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise((resolve) => {
    server.stdout.on('data', (chunk) => String(chunk).includes('ready to accept connections') && resolve());
  });
  const stop = async () => {
    const gone = once(server, 'exit');
    server.kill();
    await gone;
    await rm(folder, { recursive: true, force: true });
  };
  return { socket, stop };
};

const benchOver = async (store, redis) => {
  const server = fork(new URL('server.mjs', import.meta.url), {
    env: { ...process.env, NODE_ENV: 'production', ...(redis === undefined ? {} : { BENCH_REDIS: redis }) },
  });
  const [{ port, tokens, forms, headers }] = await once(server, 'message');
  const base = `http://127.0.0.1:${port}`;
  const posts = (path) => ({ url: base, requests: forms.map((body) => ({ method: 'POST', path, body, headers })) });
  const guarded = tokens.map((token) => ({ path: '/guarded', headers: { authorization: `Bearer ${token}` } }));
  const contenders = [
    { title: 'unguarded GET', request: { url: `${base}/open` } },
    { title: 'guarded GET', request: { url: base, requests: guarded } },
    { title: 'bare form POST', request: posts('/form') },
    { title: 'POST /token (password)', request: posts('/token') },
  ];
  for (const { title, request } of contenders) await measure(server, title, { ...request, duration: 1 }); // warm-up
  const results = new Map(contenders.map(({ title }) => [title, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const { title, request } of contenders) results.get(title).push(await measure(server, title, request));
  }
  server.disconnect();
  return [...results].map(([title, runs]) => ({
    store,
    request: title,
    'CPU µs/request': Number(median(runs.map(({ cpu }) => cpu)).toFixed(1)),
    'requests/s': Math.round(median(runs.map(({ perSecond }) => perSecond))),
    'p99 ms': median(runs.map(({ p99 }) => p99)),
  }));
};

const redis = await startRedis();
try {
  console.log(
    `Node ${process.version}, ${cpus().length} cores (${cpus()[0].model}), ${CONNECTIONS} connections, ${rounds} rounds of ${seconds} s`,
  );
  console.table([...(await benchOver('redis', redis.socket)), ...(await benchOver('memory'))]);
} finally {
  await redis.stop();
}
