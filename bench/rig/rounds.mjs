// Contenders beside each other: each in a process of its own, all in every round, one after the other. What one costs is told
// beside something bare in the same process, because two processes that run the same code differ by several microseconds.
import { load } from './load.mjs';
import { startProcess } from './processes.mjs';
import { median } from './statistics.mjs';

const WARM_UP_SECONDS = 2;

/**
 * Another one begins each round, and what one process does is asked the other way round, so that nothing always runs after the
 * same or at the same point of a drift.
 */
const orderOf = (lines, round, rounds) => {
  const files = [...new Set(lines.map(([, { file }]) => file))];
  const first = (round * Math.max(1, Math.round(files.length / rounds))) % files.length;
  return [...files.slice(first), ...files.slice(0, first)].flatMap((file) => {
    const own = lines.filter(([, line]) => line.file === file);
    return round % 2 === 0 ? own : own.toReversed();
  });
};

/** What the rounds have shown, by a contender's name and a field of what load() answers. */
export class Rounds {
  #samples = new Map();

  add(name, sample) {
    this.#samples.set(name, [...(this.#samples.get(name) ?? []), sample]);
  }

  median(name, field) {
    return median(this.#values(name, field));
  }

  /** The median of what one takes more than the other in the same round: what drifts between rounds falls out. */
  difference(name, other, field) {
    const others = this.#values(other, field);
    return median(this.#values(name, field).map((value, round) => value - others[round]));
  }

  /** The median of how many times the other it takes in the same round. */
  ratio(name, other, field) {
    const others = this.#values(other, field);
    return median(this.#values(name, field).map((value, round) => value / others[round]));
  }

  #values(name, field) {
    return this.#samples.get(name).map((sample) => sample[field]);
  }
}

/** Runs them all; `lines` are { file of ../contenders, load that it has } by the name that they go by. */
export const runRounds = async (lines, { rounds, seconds, redis }) => {
  const named = Object.entries(lines);
  const processes = new Map();
  const run = (line, duration) => {
    const server = processes.get(line.file);
    return load(server, { ...server.ready.loads[line.load], seconds: duration });
  };
  try {
    for (const [, line] of named) {
      const path = new URL(`../contenders/${line.file}.mjs`, import.meta.url);
      const env = { BENCH_REDIS: redis.socket };
      if (!processes.has(line.file)) processes.set(line.file, await startProcess(path, { env }));
      await run(line, WARM_UP_SECONDS);
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
