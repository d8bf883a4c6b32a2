import type { Milliseconds } from '../protocol/time';
import type { Allowance } from './allowance';
import type { Lease, Wanted } from './quota-store';

/** The burst of an allowance: a bucket that fills with used requests, and that empties at the rate of the allowance. */
export interface Bucket {
  /** Used requests that time has not restored yet: 0 to `burst`. */
  readonly level: number;
  /** Instant for which `level` was computed. */
  readonly at: Milliseconds;
  /** Requests leased for later since the last period began. Until it ends, `level` is not less. */
  readonly held: number;
  /** End of the period: until then what was leased for later may be used. */
  readonly heldUntil: Milliseconds;
}

/** The state of an allowance, with instants of the clock of its store. */
export interface Counter {
  readonly end: Milliseconds;
  /** Requests of the window that are leased. */
  readonly used: number;
  readonly bucket?: Bucket;
}

/** Leases hold at most this part of a burst, for the same part of the time in which it is restored: a tenth. */
export const HELD_DIVISOR = 10;

/** Returns the time in which one request is restored. */
const intervalOf = ({ requests, per }: Allowance): Milliseconds => (per * 1000) / requests;

/** Returns the time for which a lease of a burst holds requests for later. */
export const heldTime = (allowance: Allowance): Milliseconds =>
  ((allowance.burst ?? 0) * intervalOf(allowance)) / HELD_DIVISOR;

const EMPTY: Bucket = { level: 0, at: 0, held: 0, heldUntil: 0 };

/** Empties a bucket up to `now`. What is held stays in it until the period ends. */
const drain = (bucket: Bucket, allowance: Allowance, burst: number, now: Milliseconds): Bucket => {
  const interval = intervalOf(allowance);
  const at = Math.min(bucket.at, now); // it is later if the clock was set back
  const heldUntil = Math.min(bucket.heldUntil, now + heldTime(allowance));
  const whileHeld = Math.max(0, Math.min(now, heldUntil) - at);
  const level = Math.max(bucket.held, Math.min(bucket.level, burst) - whileHeld / interval);
  if (heldUntil > now) return { level, at: now, held: bucket.held, heldUntil };
  const afterwards = now - Math.max(at, heldUntil);
  return { level: Math.max(0, level - afterwards / interval), at: now, held: 0, heldUntil: 0 };
};

const fill = (bucket: Bucket, allowance: Allowance, callers: number, extra: number): Bucket => {
  const heldUntil = bucket.heldUntil || Math.ceil(bucket.at + heldTime(allowance));
  return {
    level: bucket.level + callers + extra,
    at: bucket.at,
    held: bucket.held + extra,
    heldUntil: bucket.held + extra > 0 ? heldUntil : 0,
  };
};

/** Returns the state at `now`. A window that ends later than a whole one would, because the clock was set back, is cut. */
const present = (counter: Counter | undefined, allowance: Allowance, now: Milliseconds): Counter => {
  const latestEnd = now + allowance.per * 1000;
  const isOver = counter === undefined || counter.end <= now;
  const window = isOver ? { end: latestEnd, used: 0 } : { end: Math.min(counter.end, latestEnd), used: counter.used };
  if (allowance.burst === undefined) return window;
  return { ...window, bucket: drain(counter?.bucket ?? EMPTY, allowance, allowance.burst, now) };
};

const retryTime = ({ end, used, bucket }: Counter, allowance: Allowance, now: Milliseconds): Milliseconds => {
  const windowTime = used < allowance.requests ? 0 : end - now;
  if (bucket === undefined || allowance.burst === undefined) return windowTime;
  const missing = bucket.level + 1 - allowance.burst;
  return Math.max(windowTime, missing > 0 ? Math.ceil(missing * intervalOf(allowance)) : 0);
};

/** The state of an allowance after a lease, and the lease. */
export interface Taken {
  readonly counter: Counter;
  readonly lease: Lease;
}

/** Takes requests from an allowance. The script in `stores/redis/quota-script.ts` does the same. */
export const takeRequests = (
  before: Counter | undefined,
  allowance: Allowance,
  wanted: Wanted,
  now: Milliseconds,
): Taken => {
  const { requests, burst } = allowance;
  const { end, used, bucket } = present(before, allowance, now);
  const inWindow = Math.max(0, requests - used);
  const available = bucket && burst ? Math.min(inWindow, Math.max(0, Math.floor(burst - bucket.level))) : inWindow;
  const callers = Math.min(wanted.callers, available);
  const holdable = bucket && burst ? Math.max(0, Math.floor(burst / HELD_DIVISOR) - bucket.held) : Infinity;
  const extra = Math.min(wanted.extra, available - callers, holdable);
  const counter: Counter = {
    end,
    used: used + callers + extra,
    ...(bucket === undefined ? {} : { bucket: fill(bucket, allowance, callers, extra) }),
  };
  const heldUntil = counter.bucket?.heldUntil ?? end;
  const lease = {
    granted: callers + extra,
    remaining: Math.max(0, requests - counter.used),
    resetAfter: end - now,
    retryAfter: retryTime(counter, allowance, now),
    validFor: Math.max(0, Math.min(end, heldUntil) - now),
  };
  return { counter, lease };
};
