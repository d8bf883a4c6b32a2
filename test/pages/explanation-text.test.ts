import { summarize, type Explanation, type Missing, type TokenState } from '../../src/guard/explanation';
import { explanationText } from '../../src/pages/explanation-text';
import { LANGUAGES } from '../../src/pages/texts/languages';

type Explained = Omit<Explanation, 'summary'>;

const REASONS = [
  'allowed',
  'public',
  'no_token',
  'invalid_request',
  'invalid_token',
  'wrong_audience',
  'insufficient_scope',
  'not_subscribed',
  'no_sandbox',
  'plan_exceeded',
  'limit_exceeded',
  'temporarily_unavailable',
  'retired',
  'not_canonical',
  'not_found',
  'method_not_allowed',
] as const satisfies readonly Explanation['reason'][];

const STATES: readonly TokenState[] = ['live', 'malformed', 'wrong_kind', 'replaced', 'gone'];

const MISSING: readonly (readonly Missing[])[] = [
  [],
  [{ kind: 'subscription', api: 'orders', because: 'not_subscribed' }],
  [{ kind: 'subscription', api: 'orders', because: 'issued_before' }],
  [
    { kind: 'scope', scope: 'read', because: 'role', roles: ['clerk'] },
    { kind: 'scope', scope: 'update', because: 'role', roles: ['clerk', 'chief'] },
  ],
  [{ kind: 'scope', scope: 'read', because: 'subscription', apis: [] }],
  [{ kind: 'scope', scope: 'read', because: 'subscription', apis: ['orders', 'menu'] }],
  [
    { kind: 'scope', scope: 'read', because: 'application' },
    { kind: 'scope', scope: 'update', because: 'not_requested' },
  ],
];

const limit = { by: 'user', requests: 1, per: 60, remaining: 0, resetAfter: 30, retryAfter: 30 } as const;
const LIMITS: readonly Explained['limits'][] = [
  undefined,
  [{ ...limit, kind: 'plan', name: 'free' }],
  [{ ...limit, kind: 'resource', name: '/orders', requests: 5, retryAfter: 1 }],
];

const explanations = (): readonly Explained[] =>
  REASONS.flatMap((reason) =>
    STATES.flatMap((state) =>
      MISSING.flatMap((missing) =>
        LIMITS.map((limits) => ({
          allowed: false,
          status: 403,
          reason,
          token: { state },
          missing,
          ...(limits === undefined ? {} : { limits }),
        })),
      ),
    ),
  );

describe('the text of an explanation on a page', () => {
  it('is in English the summary of gate.explain', () => {
    for (const explained of explanations()) expect(explanationText(explained, LANGUAGES.en)).toBe(summarize(explained));
  });

  it('is in German without an English word', () => {
    const texts = new Set(explanations().map((explained) => explanationText(explained, LANGUAGES.de)));
    expect(texts.size).toBeGreaterThan(50);
    for (const text of texts) expect(text).not.toMatch(/\b(?:the|this|would|is not|requires)\b/);
  });
});
