// Compares contenders: each in a process of its own, all in every round, one after the other. A cost is reported
// relative to a baseline in the same process, because two processes that run the same code differ by several
// microseconds.
import { load } from './load.mjs';
import { startProcess } from './processes.mjs';
import { median } from './statistics.mjs';

// A contender is warmed up until the compiler has optimised it, which takes requests more than time.
const WARM_UP_SECONDS = 2;
const WARM_UP_REQUESTS = 10_000;
const MAX_WARM_UPS = 10;

/**
 * Returns the order of a round. Each round begins with another contender and reverses the loads of each process, so
 * that no load always runs after the same one or at the same point of a drift.
 */
const orderOf = (lines, round, rounds) => {
  const files = [...new Set(lines.map(([, { file }]) => file))];
  const first = (round * Math.max(1, Math.round(files.length / rounds))) % files.length;
  return [...files.slice(first), ...files.slice(0, first)].flatMap((file) => {
    const own = lines.filter(([, line]) => line.file === file);
    return round % 2 === 0 ? own : own.toReversed();
  });
};

/** The results of the rounds, by contender name and field of the result of load(). */
export class Rounds {
  #samples = new Map();

  add(name, sample) {
    this.#samples.set(name, [...(this.#samples.get(name) ?? []), sample]);
  }

  median(name, field) {
    return median(this.#values(name, field));
  }

  /** The median difference of two contenders within a round, so that drift between rounds cancels out. */
  difference(name, other, field) {
    const others = this.#values(other, field);
    return median(this.#values(name, field).map((value, round) => value - others[round]));
  }

  /** The median ratio of two contenders within a round. */
  ratio(name, other, field) {
    const others = this.#values(other, field);
    return median(this.#values(name, field).map((value, round) => value / others[round]));
  }

  #values(name, field) {
    return this.#samples.get(name).map((sample) => sample[field]);
  }
}

/**
 * Runs all contenders; `lines` maps a display name to { file in ../contenders, one of its loads }. `more` is added to
 * the environment of their processes.
 */
export const runRounds = async (lines, { rounds, seconds, redis }, more = {}) => {
  const named = Object.entries(lines);
  const processes = new Map();
  const run = (line, duration) => {
    const server = processes.get(line.file);
    return load(server, { ...server.ready.loads[line.load], seconds: duration });
  };
  const warmUp = async (line) => {
    let total = 0;
    for (let times = 0; times < MAX_WARM_UPS && total < WARM_UP_REQUESTS; times += 1) {
      total += (await run(line, WARM_UP_SECONDS)).answers;
    }
  };
  try {
    for (const [, line] of named) {
      const path = new URL(`../contenders/${line.file}.mjs`, import.meta.url);
      const env = { BENCH_REDIS: redis.socket, ...more };
      if (!processes.has(line.file)) processes.set(line.file, await startProcess(path, { env }));
      await warmUp(line);
    }
    const shown = new Rounds();
    for (let round = 0; round < rounds; round += 1) {
      for (const [name, line] of orderOf(named, round, rounds)) {
        const { latencies: _latencies, ...sample } = await run(line, seconds);
        shown.add(name, sample);
      }
    }
    return shown;
  } finally {
    for (const server of processes.values()) await server.end();
  }
};
