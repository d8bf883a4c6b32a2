import type { EpochSeconds } from '../protocol/time';
import { PERIODS } from './resolutions';
import { addTo, emptyTally, type Tally } from './tally';
import type { FoundUsage } from './usage';

/** The requests of one time span. */
export interface Span {
  readonly at: EpochSeconds;
  readonly tally: Tally;
}

/** Returns every time span of a period, those without requests included, the earliest first. */
export const spansOf = ({ period, from, to, counts }: FoundUsage): readonly Span[] => {
  const { seconds } = PERIODS[period].resolution;
  const length = Math.round((to - from) / seconds);
  const spans = Array.from({ length }, (_, index) => ({ at: from + index * seconds, tally: emptyTally() }));
  for (const { at, tally } of counts) {
    const span = spans[Math.round((at - from) / seconds)];
    if (span !== undefined) addTo(span.tally, tally);
  }
  return spans;
};
