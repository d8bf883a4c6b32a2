import type { EpochSeconds, Milliseconds } from '../../protocol/time';

// Redis stores and compares instants in whole milliseconds.

export const toMilliseconds = (instant: EpochSeconds): Milliseconds => Math.round(instant * 1000);

export const toSeconds = (instant: Milliseconds): EpochSeconds => instant / 1000;
