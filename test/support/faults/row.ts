/** The result of one fault: a row of the table. */
export interface Row {
  readonly topology: string;
  readonly fault: string;
  readonly requests: number;
  readonly unavailable: number;
  readonly wrongAccepts: number;
  readonly acceptsAfterLoss: number;
  readonly refusedLive: number;
  readonly lostLive: number;
  /** The reason for losses, if there can be any. */
  readonly loss?: string;
  readonly doubleChains: number;
  readonly longestMs: number;
  readonly deadlineMs: number;
  readonly greenAfterMs: number;
  readonly heapGrowthBytes: number;
  readonly unhandled: number;
  /** Epoch milliseconds. */
  readonly finishedAt: number;
  /** What contradicts a promise, as sentences; empty if all is well. */
  readonly violations: readonly string[];
}
