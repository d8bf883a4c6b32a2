import type { RequestKind } from './topology';
import type { Answer } from './requests';
import type { StallLog } from './stall-log';
import { isDuring, type FaultTimes } from './times';
import { DEADLINE_MS } from './gate-under-load';

/** Time after the beginning of a fault from which requests must be served or refused as it promises. */
const SETTLED_MS = 400;
const MAX_STALLED_MS = DEADLINE_MS / 3;
const MAX_EXAMPLES = 5;

interface Tally {
  sent: number;
  unavailable: number;
}

/** All kinds of requests. */
export const KINDS: readonly RequestKind[] = ['guard', 'issue', 'refresh', 'revoke', 'check'];

const createTallies = (): Record<RequestKind, Tally> => ({
  guard: { sent: 0, unavailable: 0 },
  issue: { sent: 0, unavailable: 0 },
  refresh: { sent: 0, unavailable: 0 },
  revoke: { sent: 0, unavailable: 0 },
  check: { sent: 0, unavailable: 0 },
});

/** What the load has observed, as counts and a few examples. */
export class Findings {
  readonly all = createTallies();
  readonly during = createTallies();
  /** Requests with a revoked token that were accepted after the bound. */
  wrongAccepts = 0;
  /** The same where Redis itself has the grant again. */
  acceptsAfterLoss = 0;
  /** Requests with a live token that were refused. */
  refusedLive = 0;
  /** The same where Redis has lost the token. */
  lostLive = 0;
  /** Grants with two refresh tokens of different chains that are both exchanged. */
  doubleChains = 0;
  /** Responses that no client should get. */
  unexpected = 0;
  /** Requests that were due and not sent, because too many waited for their responses. */
  unsent = 0;
  longestMs = 0;
  /** The states of the store that each gate has reported during the fault. */
  readonly states = new Map<number, Set<string>>();
  readonly examples: string[] = [];
  readonly #stalls: StallLog;
  readonly #times: FaultTimes;

  constructor(stalls: StallLog, times: FaultTimes) {
    this.#stalls = stalls;
    this.#times = times;
  }

  get sent(): number {
    return KINDS.reduce((sum, kind) => sum + this.all[kind].sent, 0);
  }

  get unavailable(): number {
    return KINDS.reduce((sum, kind) => sum + this.all[kind].unavailable, 0);
  }

  /** Milliseconds after the end of the fault in which requests were still 503, without those that the machine took. */
  get greenAfterMs(): number {
    const { endedAt, greenAt } = this.#times;
    return Math.max(0, greenAt - endedAt - this.#stalls.between(endedAt, greenAt));
  }

  /** Counts a response. Returns true if it is a 503. */
  note(kind: RequestKind, { status, sentAt, answeredAt }: Answer): boolean {
    const stalledMs = this.#stalls.between(sentAt, answeredAt);
    this.longestMs = Math.max(this.longestMs, answeredAt - sentAt - stalledMs);
    const isUnavailable = status === 503;
    this.#count(this.all[kind], isUnavailable);
    // A machine that ran something else for a good part of the deadline proves nothing about Redis.
    if (isUnavailable && stalledMs > MAX_STALLED_MS) return true;
    if (isDuring(this.#times, sentAt, SETTLED_MS) && answeredAt < this.#times.endedAt)
      this.#count(this.during[kind], isUnavailable);
    if (isUnavailable && answeredAt > this.#times.endedAt) this.#times.greenAt = answeredAt;
    return isUnavailable;
  }

  noteUnexpected(what: string, { status, body }: Answer): void {
    this.unexpected += 1;
    this.explain(`${what}: ${status} ${body.slice(0, 200)}`);
  }

  /** Keeps a sentence about something wrong, if there are not many yet. */
  explain(example: string): void {
    if (this.examples.length < MAX_EXAMPLES) this.examples.push(example);
  }

  noteState(gate: number, state: string): void {
    if (!isDuring(this.#times, performance.now())) return;
    const states = this.states.get(gate) ?? new Set();
    this.states.set(gate, states.add(state));
  }

  #count(tally: Tally, isUnavailable: boolean): void {
    tally.sent += 1;
    if (isUnavailable) tally.unavailable += 1;
  }
}
