import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endWithThisProcess } from './children.mjs';

const PROGRAMS = ['redis-server', 'valkey-server'];
const START_DEADLINE_MS = 10_000;
const TRIES = 3;

const freePort = async () => {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address();
  probe.close();
  await once(probe, 'close');
  return port;
};

/** Resolves with the process once it accepts connections, or with `undefined` if the program is not installed. */
const run = async (program, args, deadline) => {
  const server = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  endWithThisProcess(server);
  let said = '';
  const ready = new Promise((resolve, reject) => {
    server.stdout.on('data', (chunk) => {
      said += chunk;
      if (/ready to accept connections/i.test(said)) resolve(server);
    });
    server.on('error', (error) => (error.code === 'ENOENT' ? resolve(undefined) : reject(error)));
    server.on('exit', () => reject(new Error(`${program} did not start:\n${said}`)));
    setTimeout(() => reject(new Error(`${program} did not start in time:\n${said}`)), deadline).unref();
  });
  try {
    return await ready;
  } catch (error) {
    server.kill();
    throw error;
  } finally {
    server.stdout.removeAllListeners('data').resume();
    said = '';
  }
};

/** Starts the first program that is installed. `deadline` is in milliseconds. */
export const runAny = async (args, deadline = START_DEADLINE_MS) => {
  for (const program of PROGRAMS) {
    const server = await run(program, args, deadline);
    if (server !== undefined) return server;
  }
  throw new Error(`The benchmark needs ${PROGRAMS.join(' or ')} on the PATH.`);
};

/** Starts a server on a free port, and tries another if the port has been taken since it was found. */
const runOnPort = async (args, triesLeft = TRIES) => {
  const port = await freePort();
  try {
    return { port, server: await runAny([...args, '--port', String(port), '--bind', '127.0.0.1']) };
  } catch (error) {
    if (triesLeft <= 1) throw error;
    return runOnPort(args, triesLeft - 1);
  }
};

/**
 * Starts a private Redis server for this run, without persistence. `socket` is for `new Redis(socket)`; with
 * `{ over: 'port' }` it also listens on a free port of the loopback address.
 */
export const startRedis = async ({ over = 'socket' } = {}) => {
  const folder = await mkdtemp(join(tmpdir(), 'scopegate-bench-'));
  const clean = () => rmSync(folder, { recursive: true, force: true });
  process.once('exit', clean);
  const socket = join(folder, 's');
  const args = ['--unixsocket', socket, '--dir', folder, '--save', '', '--appendonly', 'no'];
  const { server, port } =
    over === 'port' ? await runOnPort(args) : { server: await runAny([...args, '--port', '0']), port: undefined };
  return {
    socket,
    port,
    stop: async () => {
      const gone = server.exitCode === null && server.signalCode === null ? once(server, 'exit') : undefined;
      server.kill();
      await gone;
      process.off('exit', clean);
      clean();
    },
  };
};
