import { slopeOf } from './slope';

describe('the slope of a soak', () => {
  it('is that of a line, per hour, without an error', () => {
    const points = [0, 10, 20, 30].map((at) => ({ at, value: 5 + at / 3_600 }));
    expect(slopeOf(points).perHour).toBeCloseTo(1);
    expect(slopeOf(points).error).toBeCloseTo(0);
  });

  it('has an error if the values scatter', () => {
    const points = [0, 10, 20, 30].map((at, index) => ({ at, value: index % 2 }));
    const { perHour, error } = slopeOf(points);
    expect(error).toBeGreaterThan(Math.abs(perHour) / 2);
  });

  it('is not a number if there are too few values', () => {
    expect(slopeOf([{ at: 0, value: 1 }]).perHour).toBeNaN();
  });
});
