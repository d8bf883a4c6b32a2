import { availableParallelism } from 'node:os';
import type { Fault, Faults } from './fault';

const MAX_WORKERS = 64;

const isCount = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= MAX_WORKERS;

/** Reads `workers`, the number of processes that serve requests; left out: 1. `auto` is one for each processor core. */
export const readWorkers = (faults: Faults, value: unknown = 1): number => {
  if (value === 'auto') return Math.min(availableParallelism(), MAX_WORKERS);
  if (isCount(value)) return value;
  faults.add(['workers'], `must be a whole number from 1 to ${MAX_WORKERS}, or auto for one for each processor core`);
  return 1;
};

/** The part of a configuration that decides whether workers share a store. */
interface WorkersAndStore {
  readonly workers: number;
  /** The address of Redis; left out: the embedded stores. */
  readonly redis: unknown;
  readonly refuse: (faults: readonly Fault[]) => void;
}

/**
 * Checks that several workers have a Redis in which they share tokens and counters.
 * @throws StartError if they have none
 */
export const checkSharedStore = ({ workers, redis, refuse }: WorkersAndStore): void => {
  if (workers === 1 || redis !== undefined) return;
  const problem = `needs redis: without it, each of the ${workers} workers accepts only the tokens that it has issued itself; set redis, or remove workers`;
  refuse([{ path: ['workers'], problem }]);
};
