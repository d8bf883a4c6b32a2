import { dayOf, printDay } from '../../src/protocol/days';

describe('a day in UTC', () => {
  it('begins at midnight', () => {
    expect([dayOf(0), dayOf(86_399.999), dayOf(86_400), dayOf(-0.001)]).toEqual([0, 0, 1, -1]);
  });

  it('is printed as a date, and as unknown if the number is no day', () => {
    expect([0, 20_819, -1].map(printDay)).toEqual(['1970-01-01', '2027-01-01', '1969-12-31']);
    expect([NaN, Infinity, 0.5, 100_000_001, -100_000_001].map(printDay)).toEqual(Array<string>(5).fill('unknown'));
  });
});
