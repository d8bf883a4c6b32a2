import fc from 'fast-check';
import { anApiGate, aMadeApplication, clientToken } from '../support/gate/api-gate';
import { assertProperty, PROPERTY_TIMEOUT_MS } from '../support/properties/property-runs';

jest.setTimeout(PROPERTY_TIMEOUT_MS);

const DAY = 86_400;
const PATHS = ['/orders', '/orders/reports'] as const;
const CODES: Readonly<Record<string, string>> = { '900804': 'plan_exceeded', '900802': 'limit_exceeded' };

const allowance = fc
  .tuple(fc.integer({ min: 1, max: 14 }), fc.option(fc.integer({ min: 1, max: 14 }), { nil: undefined }))
  .map(([requests, burst]) => ({
    requests,
    per: DAY, // nothing is restored while a case runs
    ...(burst === undefined ? {} : { burst: Math.min(burst, requests) }),
  }));

/** Requests of one path: several that are sent together, and then one that was explained before. */
const step = fc.record({ path: fc.constantFrom(...PATHS), together: fc.integer({ min: 0, max: 5 }) });

test('a request is admitted or refused as it was explained just before', async () => {
  const steps = fc.array(step, { minLength: 1, maxLength: 8 });
  await assertProperty(
    fc.asyncProperty(allowance, allowance, steps, async (plan, limit, sent) => {
      const gate = anApiGate({
        errors: 'wso2',
        plans: { free: plan },
        apis: {
          orders: {
            plans: ['free'],
            resources: [
              { path: '/', methods: ['GET'] },
              { path: '/reports', methods: ['GET'], limit },
            ],
          },
          stock: { resources: [{ path: '/', methods: ['GET'] }] },
        },
      });
      const { keys } = await aMadeApplication(gate, { subscriptions: ['orders'] });
      const { access_token: token } = await clientToken(gate, keys);
      for (const { path, together } of sent) {
        await Promise.all(Array.from({ length: together }, () => gate.get(path, token)));
        const explained = await gate.gate.explain(token, { method: 'GET', path });
        const { status, body } = await gate.get(path, token);
        const { code = '' } = body as { readonly code?: string };
        expect({ status: explained.status, reason: explained.reason }).toEqual({
          status,
          reason: status === 200 ? 'allowed' : CODES[code],
        });
      }
    }),
    { numRuns: 25 },
  );
});
