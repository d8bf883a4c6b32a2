import fc from 'fast-check';
import { onRedis, type StoreOptions } from '../support/stores/every-store';
import { APPLICATION, JOHN, MARY, type TokenBody } from '../support/gate/gate';
import { casesOf, forAllCases, PROPERTY_TIMEOUT_MS } from '../support/properties/property-runs';
import { valuesOf } from '../support/http/raw-http';
import { basicHeader, FORM_TYPE } from '../support/tokens/token-requests';
import { expectAllowedAnswer, type Place } from './allowed-answers';
import { anAttackedGate, BYSTANDER } from './attacked-gate';
import { body } from './hostile-forms';
import { encodeForm, passwordForm } from '../support/tokens/forms';

jest.setTimeout(PROPERTY_TIMEOUT_MS);

interface Attempt {
  readonly place: Exclude<Place, 'guard'>;
  readonly credentials: string;
  readonly form: string;
  readonly address: string;
}

const attempt = (
  place: Attempt['place'],
  credentials: fc.Arbitrary<string>,
  form: fc.Arbitrary<string>,
): fc.Arbitrary<Omit<Attempt, 'address'>> => fc.record({ place: fc.constant(place), credentials, form });

const rightClient = fc.constant(APPLICATION.join(':'));

const guess = fc
  .tuple(
    fc.constantFrom(JOHN[0], JOHN[0].toUpperCase(), 'nobody@johnsorg', 'nobody', '@'),
    fc.constantFrom(JOHN[1], 'x'),
  )
  .map((pair) => encodeForm(passwordForm(pair)));

const clients = fc
  .tuple(fc.constantFrom('key', 'key', 'unknown', '__proto__', 'x'.repeat(200)), fc.constantFrom('secret', 'wrong', ''))
  .map((pair) => pair.join(':'));

const places = ['token', 'revoke', 'introspect'] as const;

const attempts = fc.oneof(
  { weight: 4, arbitrary: attempt('token', rightClient, guess) },
  {
    weight: 4,
    arbitrary: fc.oneof(
      ...places.map((place) => attempt(place, clients, fc.constant('grant_type=client_credentials'))),
    ),
  },
  {
    weight: 3,
    arbitrary: attempt(
      'introspect',
      rightClient,
      fc.nat().map((rest) => `token=sga_${rest}`),
    ),
  },
  { weight: 2, arbitrary: fc.oneof(...places.map((place) => attempt(place, rightClient, body))) },
);

// Few, so that there are many failures from each.
const address = fc.constantFrom(
  ...['203.0.113.1', '203.0.113.2', '2001:db8::1', '2001:db8::2', '::ffff:203.0.113.1', 'no address', '127.0.0.1, x'],
);

const bearsAll = async (name: 'throttledInMemory' | 'throttledOnRedis', store: StoreOptions): Promise<void> => {
  const gate = await anAttackedGate(store);
  const bystander = (from: string) => [FORM_TYPE, basicHeader(BYSTANDER.join(':')), `X-Forwarded-For: ${from}`];
  const signedIn = await gate.post('/token', passwordForm(MARY), bystander('198.51.100.1'));
  const { access_token: token } = JSON.parse(signedIn.body) as TokenBody;
  const statusAfter = async (times: number, credentials: string, from: string): Promise<number> => {
    const headers = [FORM_TYPE, basicHeader(credentials), `X-Forwarded-For: ${from}`];
    let status = 0;
    for (let time = 0; time < times; time += 1) {
      ({ status } = await gate.post('/token', passwordForm([`nobody${time}@johnsorg`, 'x']), headers));
    }
    return status;
  };
  // Two addresses are over a limit from the start: one for its client, one for all that sign in.
  expect(await statusAfter(11, `${APPLICATION[0]}:wrong`, '203.0.113.1')).toBe(429);
  expect(await statusAfter(101, APPLICATION.join(':'), '203.0.113.2')).toBe(429);
  const cases = fc.tuple(attempts, address).map(([one, from]): Attempt => ({ ...one, address: from }));

  await forAllCases(name, cases, async ({ place, credentials, form, address: from }) => {
    const headers = [FORM_TYPE, basicHeader(credentials), `X-Forwarded-For: ${from}`];
    const request = { method: 'POST', target: `/${place}`, headers, body: form };
    const answer = await gate.ask(request);
    expectAllowedAnswer(place, request, answer);
    if (answer.status === 429) {
      const [seconds] = valuesOf(answer, 'retry-after').map(Number);
      expect(seconds).toBeGreaterThanOrEqual(1);
      expect(seconds).toBeLessThanOrEqual(3_600);
    }
    // Limits are for failures: live tokens open doors, and another client at the same address is answered.
    expect((await gate.get('/me', token)).status).toBe(200);
    const introspected = await gate.post('/introspect', { token }, bystander(from));
    expect([introspected.status, introspected.body]).toEqual([200, expect.stringContaining('"active":true')]);
  });
  await gate.expectAlive();
};

describe('S-359 limits answer as allowed, and never refuse a client without failures,', () => {
  test(`if they are counted in memory (${casesOf('throttledInMemory')} cases)`, () =>
    bearsAll('throttledInMemory', {}));

  test(`if they are counted in Redis (${casesOf('throttledOnRedis')} cases)`, async () =>
    bearsAll('throttledOnRedis', await onRedis()));
});
