import { aConfiguration, aFile, aGateway, JOHN, signInForm } from './support/gateway';
import { faultsWith } from './support/faults';

const FORM = signInForm('read', JOHN);

it('the gateway announces the end of the password grant, at dates that YAML may leave without quotes', async () => {
  const keys = { passwordGrant: { deprecation: 'DEPRECATION', sunset: '2027-07-01' } };
  const text = JSON.stringify(aConfiguration(keys), null, 2).replace('"DEPRECATION"', '2027-01-01');
  const gateway = await aGateway({ file: aFile(text) });
  const { headers } = await fetch(`${gateway.url}/token`, { method: 'POST', body: new URLSearchParams(FORM) });
  expect(headers.get('deprecation')).toBe('@1798761600');
  expect(headers.get('sunset')).toBe('Thu, 01 Jul 2027 00:00:00 GMT');
});

it('a date that is none is reported at its key', async () => {
  expect(await faultsWith({ passwordGrant: { sunset: 'next year' } })).toEqual([
    expect.stringContaining('passwordGrant.sunset: must be a date such as 2027-01-01'),
  ]);
});
