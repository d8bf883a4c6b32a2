// A private Redis server that keeps its data, can be restarted, and reports what that costs.
import { once } from 'node:events';
import { readdirSync, rmSync, statSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { runAny } from './redis.mjs';

const BETWEEN_CHECKS_MS = 50;
const STILL_FOR_MS = 2_000;
const MAX_CHANGE_BYTES = 64 * 1024;
const LOAD_DEADLINE_MS = 300_000;

/** The figures of `INFO`, by name. */
const infoOf = async (redis) =>
  Object.fromEntries((await redis.info('everything')).split(/\r?\n/).map((line) => line.split(':')));

const bytesIn = (folder) =>
  readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .reduce((total, entry) => total + statSync(join(entry.parentPath, entry.name)).size, 0);

export class PersistentRedis {
  #folder;
  #server;
  #redis;

  /** Starts the server with an append-only file that is written to disk once a second. */
  static async start() {
    const redis = new PersistentRedis();
    redis.#folder = await mkdtemp(join(tmpdir(), 'scopegate-bench-'));
    await redis.#run('yes');
    return redis;
  }

  get socket() {
    return join(this.#folder, 's');
  }

  async #run(appendonly) {
    const files = ['--dir', this.#folder, '--save', '', '--appendonly', appendonly];
    const memory = ['--maxmemory-policy', 'noeviction'];
    const args = ['--unixsocket', this.socket, '--port', '0', ...files, ...memory];
    this.#server = await runAny(args, LOAD_DEADLINE_MS);
    this.#redis = new Redis(this.socket, { retryStrategy: null }); // it ends with the server
    this.#redis.on('error', () => undefined);
  }

  async #end(...how) {
    const gone = once(this.#server, 'exit');
    await this.#redis.shutdown(...how).catch(() => undefined); // the connection ends without a reply
    this.#redis.disconnect();
    await gone;
  }

  /** Ends the server and starts it again with the files that it wrote. @returns milliseconds until it served */
  async restart({ from }) {
    await this.#end('NOSAVE');
    const began = performance.now();
    await this.#run(from === 'aof' ? 'yes' : 'no');
    return performance.now() - began;
  }

  async info() {
    return infoOf(this.#redis);
  }

  /** Runs BGSAVE or BGREWRITEAOF and waits for its end. @returns the figures of INFO, and the milliseconds it took */
  async save(command) {
    const before = Number((await this.info()).total_forks);
    const began = performance.now();
    await this.#redis.call(command);
    for (;;) {
      const info = await this.info();
      const isOver = info.rdb_bgsave_in_progress === '0' && info.aof_rewrite_in_progress === '0';
      if (isOver && info.aof_rewrite_scheduled === '0' && Number(info.total_forks) > before) {
        return { info, milliseconds: performance.now() - began };
      }
      await wait(BETWEEN_CHECKS_MS);
    }
  }

  /** Waits until the memory in use no longer falls. @returns it, and the milliseconds until then */
  async untilSteady() {
    const began = performance.now();
    let last = Number((await this.info()).used_memory);
    for (;;) {
      const milliseconds = performance.now() - began;
      await wait(STILL_FOR_MS);
      const bytes = Number((await this.info()).used_memory);
      if (bytes > last - MAX_CHANGE_BYTES) return { bytes, milliseconds };
      last = bytes;
    }
  }

  bytesOfAof() {
    return bytesIn(join(this.#folder, 'appendonlydir'));
  }

  bytesOfRdb() {
    return statSync(join(this.#folder, 'dump.rdb')).size;
  }

  async stop() {
    await this.#end('NOSAVE');
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
