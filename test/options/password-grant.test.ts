import { ConfigurationError, type ScopegateOptions } from 'scopegate';
import { resolveOptions } from '../../src/options/settings';
import { thrownBy } from '../support/expect/thrown';

/** Values that plain JavaScript may pass in. */
const resolve = (passwordGrant: unknown) =>
  resolveOptions({ issuer: 'https://api.example.com', passwordGrant } as ScopegateOptions).passwordGrant;

describe('the option passwordGrant', () => {
  it('announces nothing if it is left out or empty', () => {
    for (const value of [undefined, {}]) expect(resolve(value)).toEqual({});
  });

  it.each<[date: unknown, instant: number]>([
    ['2027-01-01', 1_798_761_600],
    ['2027-01-01T12:30Z', 1_798_806_600],
    ['2027-01-01T12:30:15Z', 1_798_806_615],
    ['2027-01-01T12:30:15.250Z', 1_798_806_615.25],
    [new Date('2027-01-01'), 1_798_761_600],
    ['1970-01-01', 0],
    ['2028-02-29', 1_835_395_200],
  ])('reads the date %p', (date, instant) => {
    expect(resolve({ deprecation: date, sunset: date })).toEqual({ deprecation: instant, sunset: instant });
  });

  it.each([
    '2027-02-29',
    '2027-13-01',
    '2027-01-01T24:00:01Z',
    '2027-01-01T12:00:00',
    '2027-01-01T12:00:00+02:00',
    '2027-1-1',
    '01.01.2027',
    'Fri, 01 Jan 2027 00:00:00 GMT',
    '3000-01-01',
    '1969-12-31',
    '',
    1_798_761_600,
    true,
    new Date('nonsense'),
    new Date(-1),
  ])('refuses %p, and shows how a date is written', (date) => {
    const thrown = thrownBy(() => resolve({ sunset: date }));
    expect(thrown).toBeInstanceOf(ConfigurationError);
    expect(String(thrown)).toContain('passwordGrant.sunset: must be a date such as 2027-01-01 or 2027-01-01T12:00:00Z');
  });
});
