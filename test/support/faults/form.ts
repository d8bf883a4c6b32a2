/** How long the load is sent, and how much of it. */
export interface Form {
  readonly name: 'short' | 'full';
  /** Operations each second; an operation is one request or some. */
  readonly perSecond: number;
  readonly beforeMs: number;
  readonly faultMs: number;
  readonly afterMs: number;
}

const SHORT: Form = { name: 'short', perSecond: 80, beforeMs: 300, faultMs: 1_200, afterMs: 2_300 };
const FULL: Form = { name: 'full', perSecond: 100, beforeMs: 1_500, faultMs: 4_000, afterMs: 3_000 };

/** The form of this run: that of `npm run test:faults`, which sets `SCOPEGATE_FAULTS=full`, or that of `npm test`. */
export const FORM: Form = process.env['SCOPEGATE_FAULTS'] === 'full' ? FULL : SHORT;
