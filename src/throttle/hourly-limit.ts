import type { Emit } from '../events/emitter';
import type { LimitName } from '../events/gate-events';
import { OAuthError } from '../protocol/errors';
import type { RequestProblem } from '../protocol/problems';
import type { Count, FailureCounters, Rule } from './failure-counters';

export interface HourlyLimitServices {
  /** The rule of the counters, which is also the name of the limit. */
  readonly rule: Rule & LimitName;
  /** Plural noun for the message, such as `sign-ups`. */
  readonly counted: string;
  /** Shared by all gates that use one store. */
  readonly counters: Pick<FailureCounters, 'add' | 'takeBack'>;
  /** Maximum number per hour; `Infinity` for any number. */
  readonly maxPerHour: number;
  readonly emit: Emit;
}

/** Why an act over a limit is refused: in English, and for the texts of pages. */
export interface HourlyRefusal {
  readonly sentence: string;
  readonly problem?: RequestProblem;
}

/** @throws OAuthError `invalid_request` (429) with `Retry-After` */
export const refuseBeyond = ({ endsIn }: Count, { sentence, problem }: HourlyRefusal): never => {
  throw new OAuthError('invalid_request', sentence, {
    status: 429,
    ...(problem === undefined ? {} : { problem }),
    headers: { 'Retry-After': String(Math.max(1, Math.ceil(endsIn / 1000))) },
  });
};
