import { casesOf, forAllCases, PROPERTY_TIMEOUT_MS, type PropertyName } from '../support/properties/property-runs';
import { expectAllowedAnswer, expectHostsAnswer, type Place } from './allowed-answers';
import { anAttackedGate, type AttackedGate } from './attacked-gate';
import { anyRequestsTo, postsOfAnyBody } from './hostile-requests';
import type { WireAnswer, WireRequest } from './kept-connection';

jest.setTimeout(PROPERTY_TIMEOUT_MS);

let gate: AttackedGate;
beforeAll(async () => {
  gate = await anAttackedGate({ throttle: false });
});

/** A request reaches an endpoint if its path is exactly that of the endpoint. */
const placeOf = ({ target }: WireRequest): Place | undefined =>
  (['token', 'revoke', 'introspect'] as const).find((place) => target.split('?', 1)[0] === `/${place}`);

const expectAllowed = (request: WireRequest, answer: WireAnswer): void => {
  const place = placeOf(request);
  if (place === undefined) expectHostsAnswer(answer);
  else expectAllowedAnswer(place, request, answer);
};

/** True if a request authenticates the client anywhere with its right secret. */
const namesSecret = ({ headers, body }: WireRequest): boolean =>
  headers.some((line) => line.endsWith(Buffer.from('key:secret').toString('base64'))) || body.includes('client_secret');

test(`S-359 any body at the token endpoint gets an allowed answer (${casesOf('tokenBodies')} cases)`, async () => {
  await forAllCases('tokenBodies', postsOfAnyBody('/token'), async (request) => {
    const answer = await gate.ask(request);
    expect(answer.isOfHttp).toBe(false);
    expectAllowed(request, answer);
  });
  await gate.expectAlive();
});

const endpoints: readonly (readonly [place: Place, name: PropertyName, cases: number])[] = [
  ['token', 'tokenRequests', casesOf('tokenRequests')],
  ['revoke', 'revokeRequests', casesOf('revokeRequests')],
  ['introspect', 'introspectRequests', casesOf('introspectRequests')],
];

test.each(endpoints)(
  'S-359 any request to the %s endpoint gets an allowed answer (%s: %i cases)',
  async (place, name) => {
    await forAllCases(name, anyRequestsTo(`/${place}`), async (request) => {
      const answer = await gate.ask(request);
      expectAllowed(request, answer);
      // Whatever else was wrong, 200 requires a client's secret and POST.
      if (answer.status === 200) expect([request.method, namesSecret(request)]).toEqual(['POST', true]);
    });
    await gate.expectAlive();
  },
);
