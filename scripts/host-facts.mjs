import { execFileSync } from 'node:child_process';
import { availableParallelism } from 'node:os';

const versionOf = (program) => {
  try {
    return /v=([\d.]+)/.exec(execFileSync(program, ['--version'], { encoding: 'utf8' }))?.[1];
  } catch {
    return undefined;
  }
};

/** Describes the machine of a measurement in one line. */
export const hostFacts = () => {
  const [redis, valkey] = [versionOf('redis-server'), versionOf('valkey-server')];
  const server = redis === undefined ? `Valkey ${valkey ?? 'unknown'}` : `Redis ${redis}`;
  const date = new Date().toISOString().slice(0, 10);
  return `${server}, Node ${process.versions.node}, ${availableParallelism()} processors, ${date}.`;
};
