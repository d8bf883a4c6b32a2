import fc from 'fast-check';

const two = fc.nat({ max: 1 });
const client = fc.nat({ max: 2 });

/** Scopes that requests name, and that users untick. */
const scopes = fc.subarray(['read', 'update', 'count']);
const askedScopes = fc.subarray(['read', 'update', 'count'], { minLength: 1 });

/** Paths of the resources that requests name. */
const resources = fc.constantFrom([], [], ['/orders'], ['/stock'], ['/orders', '/stock']);

/** How the redirect URI of a request differs from the first one that is registered for its client. */
export const REDIRECT_CHANGES = [
  ...['same', 'same', 'same', 'same', 'port', 'other client', 'user info', 'path', 'host suffix', 'case', 'slash'],
  ...['fragment', 'encoded', 'script', 'protocol-relative', 'two'],
] as const;

const open = fc.record({
  act: fc.constant('open' as const),
  browser: two,
  client,
  scopes: fc.option(askedScopes, { nil: undefined, freq: 4 }),
  resources,
  prompt: fc.constantFrom(undefined, undefined, undefined, 'none', 'login', 'consent'),
  mode: fc.constantFrom(undefined, undefined, 'form_post'),
  redirect: fc.constantFrom(...REDIRECT_CHANGES),
  fault: fc.constantFrom(undefined, undefined, undefined, undefined, 'code_challenge', 'response_type'),
});

const signIn = fc.record({ act: fc.constant('signIn' as const), browser: two, user: two, isRight: fc.boolean() });
const allow = fc.record({ act: fc.constant('allow' as const), browser: two, except: scopes });
const deny = fc.record({ act: fc.constant('deny' as const), browser: two });
const resume = fc.record({ act: fc.constant('resume' as const), browser: two });
/** Sends the last form of one browser from the other one. */
const steal = fc.record({ act: fc.constant('steal' as const), browser: two });
const exchange = fc.record({
  act: fc.constant('exchange' as const),
  code: fc.nat({ max: 20 }),
  wrong: fc.constantFrom(undefined, undefined, undefined, 'verifier', 'client', 'redirect'),
  resource: fc.constantFrom(undefined, undefined, '/orders', '/stock'),
});
const refresh = fc.record({
  act: fc.constant('refresh' as const),
  pair: fc.nat({ max: 20 }),
  resource: fc.constantFrom(undefined, undefined, '/orders', '/stock'),
});
const roles = fc.record({ act: fc.constant('roles' as const), user: two, isClerk: fc.boolean() });
const subscribe = fc.record({ act: fc.constant('subscribe' as const), client, apis: fc.subarray(['orders', 'stock']) });

const anyStep = fc.oneof(
  { weight: 4, arbitrary: open },
  { weight: 3, arbitrary: signIn },
  { weight: 3, arbitrary: allow },
  { weight: 1, arbitrary: deny },
  { weight: 1, arbitrary: resume },
  { weight: 1, arbitrary: steal },
  { weight: 4, arbitrary: exchange },
  { weight: 3, arbitrary: refresh },
  { weight: 2, arbitrary: roles },
  { weight: 2, arbitrary: subscribe },
);

export type FlowStep = typeof anyStep extends fc.Arbitrary<infer Step> ? Step : never;

export type StepOf<Act extends FlowStep['act']> = Extract<FlowStep, { readonly act: Act }>;

/**
 * Steps from a right request to tokens, and the same request once more, which needs no page then. They end early if the
 * user or the client may have nothing.
 */
const rightSteps: fc.Arbitrary<readonly FlowStep[]> = fc
  .tuple(open, signIn, allow, exchange, fc.boolean())
  .map(([opened, signedIn, allowed, exchanged, isRepeated]) => {
    const { browser } = opened;
    const right: FlowStep = { ...opened, redirect: 'same', fault: undefined, prompt: undefined };
    const redeem: FlowStep = { ...exchanged, code: 0 };
    const again: readonly FlowStep[] = isRepeated ? [right, { ...redeem, wrong: undefined }] : [];
    return [right, { ...signedIn, browser, isRight: true }, { ...allowed, browser }, redeem, ...again];
  });

/** Steps of users and clients in any order. */
export const flowSteps: fc.Arbitrary<readonly FlowStep[]> = fc
  .array(
    fc.oneof(
      { weight: 3, arbitrary: anyStep.map((step): readonly FlowStep[] => [step]) },
      { weight: 1, arbitrary: rightSteps },
    ),
    { minLength: 5, maxLength: 30 },
  )
  .map((steps) => steps.flat());
