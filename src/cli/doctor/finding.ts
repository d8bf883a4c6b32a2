/** One result of the check of a store. */
export interface Finding {
  readonly check:
    | 'version'
    | 'role'
    | 'eviction'
    | 'memory'
    | 'persistence'
    | 'cluster'
    | 'sentinels'
    | 'replicas'
    | 'access'
    | 'writes'
    | 'clock'
    | 'latency'
    | 'options';
  /** A `problem` makes the command exit with 1. */
  readonly level: 'ok' | 'warning' | 'problem';
  readonly message: string;
  /** The change that removes the problem. Absent if the level is `ok`. */
  readonly cure?: string;
  /** Address of the server, if several are checked: in a Cluster, and of a Sentinel. */
  readonly server?: string;
}
