import { spawn, type ChildProcess } from 'node:child_process';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { anyPort } from '../http/free-port';
import { after } from '../time/waiting';

/** Names the Redis of this run to the workers: a socket path or a URL. */
export const ADDRESS_VARIABLE = 'SCOPEGATE_TEST_REDIS';

/** Names the folder in which the servers of this run have theirs. */
export const FOLDER_VARIABLE = 'SCOPEGATE_TEST_FOLDER';

const SERVERS = ['redis-server', 'valkey-server'];
const PID_FILE = 'pid';
const START_DEADLINE_MS = 5_000;
const STOP_DEADLINE_MS = 3_000;
const ANSWER_DEADLINE_MS = 500;
const BETWEEN_LOOKS_MS = 10;

/** The listening address of a server: a socket file, or a port of the loopback address. */
export type RedisPlace = { readonly socket: string } | { readonly port: number };

/** Queries the server at this address for its process id, in raw bytes: without retries or open connections. */
const processIdAt = (place: RedisPlace): Promise<number | undefined> =>
  new Promise((resolve) => {
    const socket = connect('socket' in place ? { path: place.socket } : { host: '127.0.0.1', port: place.port });
    let answer = '';
    const settle = (processId?: number): void => {
      socket.destroy();
      resolve(processId);
    };
    socket.setTimeout(ANSWER_DEADLINE_MS, () => settle());
    socket.on('error', () => settle());
    socket.on('close', () => settle());
    socket.on('data', (chunk) => {
      answer += chunk.toString('latin1');
      const found = /^process_id:(\d+)\r$/m.exec(answer)?.[1];
      if (found !== undefined) settle(Number(found));
      else if (answer.startsWith('-')) settle();
    });
    socket.write('INFO server\r\n');
  });

/** One run of the server program. */
class Run {
  readonly child: ChildProcess;
  readonly ended: Promise<void>;
  output = '';
  hasEnded = false;
  isMissing = false;

  constructor(program: string, args: readonly string[]) {
    this.child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    const keep = (chunk: Buffer): void => {
      this.output = (this.output + chunk.toString()).slice(-16_384);
    };
    this.child.stdout?.on('data', keep);
    this.child.stderr?.on('data', keep);
    this.ended = new Promise((resolve) => {
      this.child.on('error', (error) => {
        this.isMissing = 'code' in error && error.code === 'ENOENT';
        this.output += error.message;
        this.hasEnded = true;
        resolve();
      });
      this.child.on('exit', () => {
        this.hasEnded = true;
        resolve();
      });
    });
  }

  async end(): Promise<void> {
    if (this.hasEnded) return;
    this.child.kill('SIGTERM');
    this.child.kill('SIGCONT'); // a stopped process gets no other signal
    const patience = setTimeout(() => this.child.kill('SIGKILL'), STOP_DEADLINE_MS);
    await this.ended;
    clearTimeout(patience);
  }
}

/** What a server writes to its folder: nothing, an append-only file, or a snapshot on request. */
export type Persistence = 'none' | 'aof' | 'snapshot';

const PERSISTENCE: Readonly<Record<Persistence, readonly string[]>> = {
  none: ['--save', '', '--appendonly', 'no'],
  aof: ['--save', '', '--appendonly', 'yes', '--appendfsync', 'everysec'],
  snapshot: ['--save', '3600 1', '--appendonly', 'no'],
};

/** A Redis server of the tests' own: it can be stopped, killed, frozen and started again. */
export class RedisServer {
  /** The argument of `new Redis(…)`. */
  readonly address: string;
  readonly #place: RedisPlace;
  readonly #folder: string;
  readonly #persistence: Persistence;
  #run: Run | undefined;

  private constructor(place: RedisPlace, folder: string, persistence: Persistence) {
    this.#place = place;
    this.#folder = folder;
    this.#persistence = persistence;
    this.address = 'socket' in place ? place.socket : `redis://127.0.0.1:${place.port}`;
  }

  /** Starts one on a socket file, where nothing else can listen, or on a free port. */
  static async start(
    over: 'socket' | 'port' = 'socket',
    persistence: Persistence = 'none',
    triesLeft = over === 'port' ? 20 : 1,
  ): Promise<RedisServer> {
    const folder = await mkdtemp(join(process.env[FOLDER_VARIABLE] ?? tmpdir(), 'redis-'));
    const place = over === 'socket' ? { socket: join(folder, 's') } : { port: anyPort() };
    const server = new RedisServer(place, folder, persistence);
    try {
      await server.start();
      return server;
    } catch (error) {
      await server.close();
      if (triesLeft <= 1) throw error;
      return RedisServer.start(over, persistence, triesLeft - 1); // the port was taken in the meantime
    }
  }

  /**
   * Starts it at the place where it was, empty unless it persists. Resolves when it answers, and only if it is the one
   * that answers.
   */
  async start(): Promise<void> {
    if (this.#run?.hasEnded === false) return;
    for (const program of SERVERS) {
      const files = ['--dir', this.#folder, '--pidfile', join(this.#folder, PID_FILE)];
      this.#run = new Run(program, [...this.#listening(), ...files, ...PERSISTENCE[this.#persistence]]);
      await this.#untilItAnswers(this.#run);
      if (!this.#run.isMissing) break;
    }
    if (this.#run?.isMissing)
      throw new Error(`The tests start servers of their own: ${SERVERS.join(' or ')} must be on the PATH.`);
    if (this.#run?.hasEnded)
      throw new Error(`A Redis server for the tests did not start. It said:\n${this.#run.output}`);
  }

  /** Ends the server and discards its data, unless it persists. */
  async stop(): Promise<void> {
    await this.#run?.end();
  }

  /** Ends it without notice, as a crash does. */
  async kill(): Promise<void> {
    this.#run?.child.kill('SIGKILL');
    await this.#run?.ended;
  }

  /** Freezes it: it takes connections and answers nothing. */
  pause(): void {
    this.#run?.child.kill('SIGSTOP');
  }

  resume(): void {
    this.#run?.child.kill('SIGCONT');
  }

  /** Ends it for good and removes its folder. */
  async close(): Promise<void> {
    await this.stop();
    await rm(this.#folder, { recursive: true, force: true });
  }

  #listening(): readonly string[] {
    if ('port' in this.#place) return ['--port', String(this.#place.port), '--bind', '127.0.0.1'];
    return ['--port', '0', '--unixsocket', this.#place.socket];
  }

  async #untilItAnswers(run: Run): Promise<void> {
    const deadline = Date.now() + START_DEADLINE_MS;
    while (!run.hasEnded) {
      const answering = await processIdAt(this.#place);
      if (answering !== undefined && answering === run.child.pid) return;
      if (answering !== undefined || Date.now() > deadline) {
        await run.end();
        const reason =
          answering === undefined ? 'it did not answer in time' : `process ${answering} answers in its place`;
        throw new Error(`A Redis server for the tests did not start: ${reason}. It said:\n${run.output}`);
      }
      await after(BETWEEN_LOOKS_MS);
    }
  }
}

/** Immediately ends servers that are left in the run's folder, and removes it. For a process that is about to end. */
export const killServersIn = (folder: string): void => {
  for (const name of readdirSync(folder)) {
    try {
      const processId = Number(readFileSync(join(folder, name, PID_FILE), 'latin1'));
      if (processId > 1) process.kill(processId, 'SIGKILL'); // 0 would be this very process group
    } catch {
      // It has ended, and taken its file with it.
    }
  }
  rmSync(folder, { recursive: true, force: true });
};
