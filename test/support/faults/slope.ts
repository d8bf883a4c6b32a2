/** A value at a time, in seconds. */
export interface Point {
  readonly at: number;
  readonly value: number;
}

/** The growth of a value. */
export interface Slope {
  readonly perHour: number;
  /** The standard error of `perHour`. */
  readonly error: number;
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Fits a line to points by least squares. Without three points at different times the slope is `NaN`. */
export const slopeOf = (points: readonly Point[]): Slope => {
  if (points.length < 3) return { perHour: Number.NaN, error: Number.NaN };
  const [middle, level] = [mean(points.map(({ at }) => at)), mean(points.map(({ value }) => value))];
  const spread = points.reduce((sum, { at }) => sum + (at - middle) ** 2, 0);
  const slope = points.reduce((sum, { at, value }) => sum + (at - middle) * (value - level), 0) / spread;
  const residue = points.reduce((sum, { at, value }) => sum + (value - level - slope * (at - middle)) ** 2, 0);
  const error = Math.sqrt(residue / (points.length - 2) / spread);
  return { perHour: slope * 3_600, error: error * 3_600 };
};
