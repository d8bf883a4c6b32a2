import type { RedisLike } from 'scopegate';

/** The number of gates that share a topology. */
export const GATES = 3;

/** A server that is silent for so long is away for every gate, which replaces its connections. */
export const SILENCE_MS = 3_000;

/** Servers of Redis, and the ways from the three gates to them. */
export interface Topology {
  /** Its name and the driver, as in `standalone, ioredis 6`. */
  readonly name: string;
  /** Milliseconds within which every gate refuses what was revoked, while nothing is wrong. */
  readonly revocationBoundMs: number;
  /** Opens the client that is passed to a gate, 0 to 2. Its connections lead through fault proxies. */
  clientOf(gate: number): RedisLike;
  /** Opens a client whose connections no fault proxy touches: it reads what Redis holds. */
  directClient(): RedisLike;
  /** Closes clients, proxies and servers. */
  close(): Promise<void>;
}

/** Something that Redis may lose by a fault although it had acknowledged it. */
export interface Loss {
  /** `everything`: all data; `recent`: changes of the last moments, revocations included; `tokens`: some live tokens. */
  readonly what: 'everything' | 'recent' | 'tokens';
  /** The reason, for the table. */
  readonly why: string;
}

/** The kinds of requests of the load. */
export type RequestKind = 'guard' | 'issue' | 'refresh' | 'revoke' | 'check';

/** What is promised while a fault lasts and after it. */
export interface FaultPromises {
  /** Milliseconds within which every gate refuses what is revoked during the fault. @default the topology's bound */
  readonly revocationBoundMs?: number;
  /** Milliseconds after the end within which no request is 503 any more. @default 2000 */
  readonly greenWithinMs?: number;
  /**
   * Milliseconds that a request may take: more where each of its commands is slow.
   * @default twice the deadline of a command, and a quarter of a second
   */
  readonly longestMs?: number;
  /** Kinds of requests that are served during the fault as well: at least nine tenths of them. @default none */
  readonly keepsServing?: readonly RequestKind[];
  /** Kinds of requests that are all 503 some moments after the beginning. @default none */
  readonly refuses?: readonly RequestKind[];
  /** The state of the store that `/health/ready` of every gate reports during the fault. @default not compared */
  readonly state?: string;
  /** What Redis itself may lose. @default nothing */
  readonly loses?: Loss;
}

/** A fault that is caused in a topology. */
export interface Fault {
  begin(): Promise<void> | void;
  /** Resolves when it is over: a restarted server replies, a failover has switched. */
  end(): Promise<void> | void;
}

/** A fault of the suite. Each run has a topology of its own. */
export interface FaultCase<T extends Topology = Topology> extends FaultPromises {
  /** What happens, for the table, as in `the server is killed and restarts from its append-only file`. */
  readonly title: string;
  readonly open: () => Promise<T>;
  readonly fault: (topology: T) => Fault;
  /** The shortest time for which it must last to have its effect, in milliseconds. @default that of the form */
  readonly lastsMs?: number;
  /** True if the short form has it too. @default false */
  readonly isInShortForm?: boolean;
}
