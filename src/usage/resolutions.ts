import { SECONDS_PER_DAY } from '../protocol/days';
import type { EpochSeconds, Seconds } from '../protocol/time';

/** How counts are rolled up: the length of a time span, and how many of them are stored together. */
export interface Resolution {
  readonly name: 'minute' | 'hour' | 'day';
  /** Length of a time span. Spans begin at multiples of it, in UTC. */
  readonly seconds: Seconds;
  /** Number of spans in a block, which is stored and expires as a whole. */
  readonly perBlock: number;
  /** Time for which a block is kept after the last write. */
  readonly keptFor: Seconds;
}

const HOUR: Seconds = 3_600;

/** Each count is stored in all of them. */
export const RESOLUTIONS = [
  { name: 'minute', seconds: 60, perBlock: 60, keptFor: 3 * HOUR },
  { name: 'hour', seconds: HOUR, perBlock: 24, keptFor: 3 * SECONDS_PER_DAY },
  { name: 'day', seconds: SECONDS_PER_DAY, perBlock: 16, keptFor: 36 * SECONDS_PER_DAY },
] as const satisfies readonly Resolution[];

/** The place of a time span: its block, counted since 1970, and its index there. */
export interface BlockPlace {
  readonly block: number;
  readonly index: number;
}

/** Returns the place of the time span that contains an instant. */
export const placeIn = ({ seconds, perBlock }: Resolution, at: EpochSeconds): BlockPlace => {
  const span = Math.floor(at / seconds);
  const block = Math.floor(span / perBlock);
  return { block, index: span - block * perBlock };
};

/** Returns the beginning of a time span. */
export const beginOf = ({ seconds, perBlock }: Resolution, { block, index }: BlockPlace): EpochSeconds =>
  (block * perBlock + index) * seconds;

/** Rounds an instant down to the beginning of its time span. */
export const floorTo = ({ seconds }: Resolution, at: EpochSeconds): EpochSeconds => Math.floor(at / seconds) * seconds;

/** Periods that pages show: the time spans of one resolution, the current one included. */
export const PERIODS = {
  hour: { resolution: RESOLUTIONS[0], spans: 60 },
  day: { resolution: RESOLUTIONS[1], spans: 24 },
  month: { resolution: RESOLUTIONS[2], spans: 30 },
} as const satisfies Readonly<Record<string, { readonly resolution: Resolution; readonly spans: number }>>;

export type UsagePeriod = keyof typeof PERIODS;

export const isPeriod = (value: unknown): value is UsagePeriod =>
  typeof value === 'string' && Object.hasOwn(PERIODS, value);

/** Returns the beginning of a period, and its end: that of the current time span. */
export const boundsOf = (period: UsagePeriod, now: EpochSeconds): { from: EpochSeconds; to: EpochSeconds } => {
  const { resolution, spans } = PERIODS[period];
  const to = floorTo(resolution, now) + resolution.seconds;
  return { from: to - spans * resolution.seconds, to };
};
