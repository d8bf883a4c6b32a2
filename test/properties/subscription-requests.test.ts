import fc from 'fast-check';
import { createMemoryStore, type Gate, type ScopegateOptions } from 'scopegate';
import { aGate, JOHN, type TestScope } from '../support/gate/gate';
import { assertProperty, PROPERTY_TIMEOUT_MS } from '../support/properties/property-runs';
import { collect } from '../support/stores/collect';
import { onRedis } from '../support/stores/every-store';
import {
  EMPTY,
  isPossible,
  type ApplicationState,
  type Outcome,
  type PerformedStep,
} from '../support/properties/request-model';

jest.setTimeout(PROPERTY_TIMEOUT_MS);

const OPTIONS: Partial<ScopegateOptions<TestScope>> = {
  plans: { free: { requests: 10, per: 60 }, partner: { requests: 100, per: 60 } },
  apis: { orders: { plans: ['free', 'partner'], resources: [] } },
};

/** A step of one of two gates. `shown` selects the request that a decision names among those that were made before. */
const aStep = fc.record({
  kind: fc.constantFrom('request', 'request', 'withdraw', 'approve', 'approve', 'reject', 'unsubscribe', 'remove'),
  gate: fc.constantFrom(0, 1),
  plan: fc.constantFrom('free', 'partner'),
  shown: fc.nat({ max: 2 }),
});

type Step = typeof aStep extends fc.Arbitrary<infer Kind> ? Kind : never;

/** Steps that run concurrently. */
const steps = fc.array(fc.array(aStep, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 8 });

type Applications = Gate['directory']['applications'];
type Found = Awaited<ReturnType<Applications['find']>>;

/** Returns what the model knows of an application. */
const stateOf = (found: Found): ApplicationState => {
  if (found === undefined) return { ...EMPTY, isRemoved: true };
  const plan = found.subscriptions.includes('orders') ? (found.plans?.['orders'] ?? 'free') : undefined;
  const [request] = found.requests ?? [];
  return {
    isRemoved: false,
    plan,
    request: request && { id: request.id, plan: request.plan ?? '', isPending: request.rejected === undefined },
  };
};

const perform = async (
  applications: Applications,
  id: string,
  { kind, plan, shown }: Step,
  made: readonly string[],
): Promise<PerformedStep> => {
  const request = made.at(-1 - shown) ?? 'none';
  const act: Readonly<Record<string, () => Promise<Found | void>>> = {
    request: () => applications.request(id, 'orders', { plan }),
    withdraw: () => applications.withdraw(id, 'orders'),
    approve: () => applications.approve(id, 'orders', { request }),
    reject: () => applications.reject(id, 'orders', { request }),
    unsubscribe: () => applications.unsubscribe(id, 'orders'),
    remove: () => applications.remove(id),
  };
  const performed = { kind, plan, request };
  try {
    const changed = await act[kind]?.();
    const present = kind === 'request' && changed ? stateOf(changed).request : undefined;
    return { ...performed, outcome: 'done' as Outcome, ...(present === undefined ? {} : { madeId: present.id }) };
  } catch (error) {
    expect(error).toMatchObject({ code: 'ERR_SCOPEGATE_NOT_FOUND' });
    return { ...performed, outcome: 'not found' as Outcome };
  }
};

describe.each([
  ['the embedded store', 100, async () => ({ memory: createMemoryStore() })],
  ['Redis', 30, onRedis],
] as const)('S-365 po-approval: two gates on %s', (_name, numRuns, freshStore) => {
  it('subscribe an application to nothing but what was approved as it was shown, in any order of calls', async () => {
    const store = await freshStore();
    const gates = [aGate({ ...store, ...OPTIONS }), aGate({ ...store, ...OPTIONS })];
    const [one, other] = gates.map(({ gate }) => gate.directory.applications);
    if (one === undefined || other === undefined) throw new Error('there are two gates');
    const property = fc.asyncProperty(steps, async (batches) => {
      const { id } = await one.create({ name: 'Made app', owner: JOHN[0] });
      const made: string[] = [];
      let state = EMPTY;
      for (const batch of batches) {
        const known = [...made];
        const performed = await Promise.all(
          batch.map((step) => perform(step.gate === 0 ? one : other, id, step, known)),
        );
        made.push(...performed.flatMap(({ madeId }) => madeId ?? []));
        const next = stateOf(await one.find(id));
        expect([performed, state, next, isPossible(state, performed, next)]).toEqual([performed, state, next, true]);
        state = next;
      }
      const listed = (await collect(other.requests())).filter(({ application }) => application.id === id);
      const pending = state.request?.isPending === true ? [state.request.id] : [];
      expect(listed.map((request) => request.id)).toEqual(pending);
      if (!state.isRemoved) await one.remove(id);
    });
    await assertProperty(property, { numRuns });
    for (const { gate } of gates) await gate.close();
  });
});
