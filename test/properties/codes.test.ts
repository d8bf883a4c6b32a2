import fc from 'fast-check';
import type { CodeRecord, CodeStore, HeldCode } from '../../src/tokens/code-store';
import type { Principal } from '../../src/tokens/principal';
import type { TokenStore } from '../../src/tokens/token-store';
import { assertProperty, PROPERTY_TIMEOUT_MS } from '../support/properties/property-runs';
import { backends } from '../support/stores/backends';
import { aClock, type TestClock } from '../support/time/clock';
import { aCode, codeTerms } from '../support/tokens/codes';

jest.setTimeout(PROPERTY_TIMEOUT_MS);

const CODES = 4;
const MAX_STEPS = 30;

/** Seconds. A code expires after some of them, and it is known that it was spent after all of them. */
const WAIT = 19;

const NAMES = ['a', 'b'] as const;

type Name = (typeof NAMES)[number];

type Step =
  | { readonly act: 'spend'; readonly code: number; readonly attempt: number }
  | { readonly act: 'wrong verifier'; readonly code: number }
  | { readonly act: 'end'; readonly kind: 'client' | 'user' | 'organization' | 'consent'; readonly name: Name }
  | { readonly act: 'end access'; readonly name: Name }
  | { readonly act: 'save'; readonly code: number }
  | { readonly act: 'wait' };

const name = fc.constantFrom(...NAMES);
const number = fc.nat({ max: CODES - 1 });

const anyStep: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ act: fc.constant('spend' as const), code: number, attempt: fc.nat({ max: 1 }) }),
  },
  { weight: 2, arbitrary: fc.record({ act: fc.constant('wrong verifier' as const), code: number }) },
  {
    weight: 1,
    arbitrary: fc.record({
      act: fc.constant('end' as const),
      kind: fc.constantFrom('client', 'user', 'organization', 'consent'),
      name,
    }),
  },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('end access' as const), name }) },
  { weight: 2, arbitrary: fc.record({ act: fc.constant('save' as const), code: number }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('wait' as const) }) },
);

const names = fc.record({ clientId: name, subject: name, organization: name, consent: name });

const PRINCIPALS: Readonly<Record<'client' | 'user' | 'organization' | 'consent', (name: Name) => Principal>> = {
  client: (clientId) => ({ clientId }),
  user: (subject) => ({ subject }),
  organization: (organization) => ({ organization }),
  consent: (consent) => ({ consent }),
};

const isOf = (code: CodeRecord, principal: Principal): boolean =>
  Object.entries(principal).every(([kind, value]) => code[kind as keyof CodeRecord] === value);

/** A code as the contract describes it. */
interface Modelled {
  readonly code: CodeRecord;
  state: HeldCode['state'] | 'ended';
  attempt?: string;
  wrong: number;
}

interface Stores {
  readonly codes: CodeStore;
  readonly tokens: TokenStore;
}

/** Codes in a store, and the same as the contract describes them. */
class CodesBesideModel {
  readonly #codes: CodeStore;
  readonly #tokens: TokenStore;
  readonly #clock: TestClock;
  readonly #facts: readonly Partial<CodeRecord>[];
  readonly #models: (Modelled | undefined)[] = [];

  constructor({ codes, tokens }: Stores, clock: TestClock, facts: readonly Partial<CodeRecord>[]) {
    this.#codes = codes;
    this.#tokens = tokens;
    this.#clock = clock;
    this.#facts = facts;
  }

  async take(step: Step): Promise<void> {
    if (step.act === 'save') await this.#save(step.code);
    else if (step.act === 'spend') await this.#spend(step);
    else if (step.act === 'wrong verifier') await this.#countWrongVerifier(step.code);
    else if (step.act === 'wait') this.#clock.advance(WAIT);
    else if (step.act === 'end access') await this.#tokens.replaceEpoch({ consent: step.name }, 'access');
    else await this.#end(PRINCIPALS[step.kind](step.name));
    await this.#compare();
  }

  async #save(place: number): Promise<void> {
    const code = aCode(this.#clock.now(), this.#facts[place]);
    await this.#codes.save(code, codeTerms(this.#clock.now()));
    this.#models[place] = { code, state: 'pending', wrong: 0 };
  }

  async #spend({ code: place, attempt }: Extract<Step, { act: 'spend' }>): Promise<void> {
    const model = this.#models[place];
    if (model === undefined) return;
    const outcome = await this.#codes.spend(model.code.grantId, `attempt${attempt}`);
    const state = this.#stateOf(model);
    if (state === 'pending') Object.assign(model, { state: 'spent', attempt: `attempt${attempt}` });
    const isOwn = model.attempt === `attempt${attempt}`;
    if (state !== 'ended' && !isOwn) model.state = 'reused';
    expect(outcome).toBe(state === 'ended' ? 'unknown' : isOwn ? 'spent' : 'reused');
  }

  async #countWrongVerifier(place: number): Promise<void> {
    const model = this.#models[place];
    if (model === undefined) return;
    await this.#codes.countWrongVerifier(model.code.grantId, 3);
    if (this.#stateOf(model) !== 'pending') return;
    model.wrong += 1;
    if (model.wrong >= 3) model.state = 'ended';
  }

  async #end(principal: Principal): Promise<void> {
    await this.#tokens.replaceEpoch(principal, 'grants');
    for (const model of this.#models) if (model !== undefined && isOf(model.code, principal)) model.state = 'ended';
  }

  #stateOf({ code, state }: Modelled): Modelled['state'] {
    return state === 'pending' && code.expiresAt <= this.#clock.now() ? 'ended' : state;
  }

  async #compare(): Promise<void> {
    for (const model of this.#models) {
      if (model === undefined) continue;
      const state = this.#stateOf(model);
      const expected = state === 'ended' ? undefined : { code: model.code, state };
      expect(await this.#codes.find(model.code.grantId)).toEqual(expected);
    }
  }
}

test.each(backends)('codes in %s are as the contract describes them, after any steps', async (_name, open) => {
  const clock = aClock();
  const stores = await open(clock.now);
  const everyCode = fc.array(names, { minLength: CODES, maxLength: CODES });
  await assertProperty(
    fc.asyncProperty(everyCode, fc.array(anyStep, { maxLength: MAX_STEPS }), async (facts, steps) => {
      const beside = new CodesBesideModel(stores, clock, facts);
      for (let place = 0; place < CODES; place += 1) await beside.take({ act: 'save', code: place });
      for (const one of steps) await beside.take(one);
    }),
    { numRuns: 30 },
  );
});
