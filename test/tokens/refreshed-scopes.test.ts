import fc from 'fast-check';
import { MemoryTokenStore } from '../../src/stores/memory/tokens';
import type { RefreshDecision } from '../../src/tokens/refreshed-rights';
import { createTokenService } from '../../src/tokens/token-service';
import { aClock } from '../support/time/clock';
import { ignoreEvents } from '../support/gate/ignored-events';
import { assertProperty, PROPERTY_TIMEOUT_MS } from '../support/properties/property-runs';

jest.setTimeout(PROPERTY_TIMEOUT_MS);

const GRANTED = ['a', 'b', 'c'];
const lifetimes = { accessTokenLifetime: 60, refreshTokenLifetime: 600, grantLifetime: 6_000, refreshGrace: 10 };

const stores: MemoryTokenStore[] = [];
afterAll(() => Promise.all(stores.map((store) => store.close())));

const some = fc.subarray(GRANTED);

const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant('refresh' as const), back: fc.nat({ max: 2 }), requested: some }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('allow' as const), allowed: some }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('wait' as const), seconds: fc.constantFrom(1, 9.999, 10) }) },
);

/** A grant whose rights change without notice, also between two checks of one refresh. */
const aGrant = async () => {
  const clock = aClock();
  const store = new MemoryTokenStore({ clock: clock.now, maxGrants: 10 });
  stores.push(store);
  const tokens = createTokenService(store, { lifetimes, clock: clock.now, emit: ignoreEvents });
  const order = { clientId: 'key', environment: 'production', scopes: GRANTED, subscriptions: [] } as const;
  const issued = await tokens.issue({ ...order, occasion: 'password', refreshToken: 'issue' }, async () => true);
  return { clock, tokens, issued };
};

describe('the scopes of a refresh, whatever was requested and allowed before,', () => {
  it('are among those requested now, those granted and those allowed now, as are those of the live token', async () => {
    let repeats = 0;
    const property = fc.asyncProperty(
      fc.array(step, { maxLength: 14 }),
      fc.infiniteStream(some),
      async (steps, more) => {
        const { clock, tokens, issued } = await aGrant();
        const chain = [issued.refreshToken ?? ''];
        let allowed: readonly string[] = GRANTED;
        for (const one of steps) {
          if (one.do === 'wait') clock.advance(one.seconds);
          if (one.do === 'allow') allowed = one.allowed;
          if (one.do !== 'refresh') continue;
          const { requested } = one;
          let checks = 0;
          const decide: RefreshDecision = async ({ scopes }) => {
            checks += 1;
            if (checks === 2) allowed = allowed.filter((scope) => more.next().value?.includes(scope));
            const left = scopes.filter((scope) => allowed.includes(scope));
            const access = left.filter((scope) => requested.length === 0 || requested.includes(scope));
            return { access: { scopes: access, subscriptions: [] }, grant: left };
          };
          const refreshToken = chain[Math.max(0, chain.length - 1 - one.back)] ?? '';
          const request = { refreshToken, clientId: 'key', requested: { scope: requested } };
          const given = await tokens.refresh(request, decide).catch(() => undefined);
          if (given === undefined) continue;
          const bounds = [GRANTED, allowed, ...(requested.length === 0 ? [] : [requested])];
          const held = await tokens.find(given.accessToken);
          for (const scopes of [given.scopes, held?.scopes ?? []]) {
            for (const scope of scopes) expect(bounds.every((bound) => bound.includes(scope))).toBe(true);
          }
          if (chain.includes(given.refreshToken ?? '')) repeats += 1;
          else chain.push(given.refreshToken ?? '');
        }
      },
    );
    await assertProperty(property, { numRuns: 300 });
    expect(repeats).toBeGreaterThan(0); // else nothing was shown of them
  });
});
