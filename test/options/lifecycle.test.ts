import type { ConfigurationError } from 'scopegate';
import { Checks } from '../../src/options/checks';
import { readLifecycle } from '../../src/options/lifecycle';
import { thrownBy } from '../support/expect/thrown';

const read = (value: unknown) => {
  const checks = new Checks();
  const lifecycle = readLifecycle(checks, value, ['lifecycle']);
  const thrown = thrownBy(() => checks.finish()) as ConfigurationError | undefined;
  return { lifecycle, faults: thrown?.faults.map(({ path, problem }) => `${path.join('.')} ${problem}`) ?? [] };
};

const seconds = (date: string): number => Date.parse(date) / 1000;

describe('the lifecycle of an API', () => {
  it.each<[given: unknown, lifecycle: object]>([
    [undefined, { status: 'published' }],
    [{}, { status: 'published' }],
    ['retired', { status: 'retired' }],
    [{ sunset: '2027-06-30' }, { status: 'published', sunset: seconds('2027-06-30') }],
    [
      { status: 'deprecated', deprecation: '2027-01-01', sunset: new Date('2027-06-30T12:00:00Z') },
      { status: 'deprecated', deprecation: seconds('2027-01-01'), sunset: seconds('2027-06-30T12:00:00Z') },
    ],
  ])('may be %j', (given, lifecycle) => {
    expect(read(given)).toEqual({ lifecycle, faults: [] });
  });

  it.each<[given: unknown, fault: string]>([
    ['retierd', 'lifecycle is "retierd"; did you mean "retired"?'],
    [{ status: 'gone' }, 'lifecycle.status is "gone"'],
    [7, 'lifecycle must be an object; got a number'],
    [{ sunst: '2027-01-01' }, 'lifecycle.sunst is unknown; did you mean "sunset"?'],
    [{ sunset: '2027-02-30' }, 'lifecycle.sunset must be a date such as 2027-01-01'],
    [
      { deprecation: '2027-02-01', sunset: '2027-01-01' },
      'lifecycle.sunset must not be earlier than `deprecation` (RFC 9745 §4)',
    ],
  ])('may not be %j', (given, fault) => {
    const { faults } = read(given);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain(fault);
  });
});
