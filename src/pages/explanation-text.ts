import type { AppliedLimit } from '../guard/applied-limits';
import type { Explanation, Missing } from '../guard/explanation';
import type { Texts } from './texts/texts';

type ExplanationTexts = Texts['explanations'];

/** The part of an explanation that its sentence is built from. */
export type ExplainedDecision = Pick<Explanation, 'status' | 'reason' | 'token' | 'missing' | 'limits'>;

const describeMissing = (missing: Missing, texts: ExplanationTexts): string => {
  if (missing.kind === 'subscription') {
    return missing.because === 'issued_before' ? texts.issuedBefore(missing.api) : texts.notSubscribed(missing.api);
  }
  const { scope } = missing;
  if (missing.because === 'role') return texts.requiresRole(scope, missing.roles);
  if (missing.because === 'subscription') {
    return missing.apis.length === 0 ? texts.neededByNoApi(scope) : texts.requiresSubscription(scope, missing.apis);
  }
  return missing.because === 'application' ? texts.notOfApplication(scope) : texts.notRequested(scope);
};

/** Describes the allowance that is used up. */
const exceeded = (limits: readonly AppliedLimit[] = [], texts: ExplanationTexts): readonly string[] => {
  const refusing = limits.find(({ retryAfter = 0 }) => retryAfter > 0);
  if (refusing === undefined) return [];
  const { kind, name, requests, per, retryAfter = 0 } = refusing;
  const admits = texts.admits(requests, per, retryAfter);
  return [kind === 'plan' ? texts.planExceeded(name, admits) : texts.limitExceeded(admits)];
};

/** Returns the decision about a request, and its reasons, in one sentence in the language of the page. */
export const explanationText = (
  { status, reason, token, missing, limits }: ExplainedDecision,
  { explanations: texts }: Pick<Texts, 'explanations'>,
): string => {
  if (reason === 'public') return texts.public;
  if (reason === 'allowed') return texts.allowed;
  const known =
    token.state !== 'live' && reason === 'invalid_token' ? texts.states[token.state] : texts.reasons[reason];
  const causes =
    known === undefined ? [...missing.map((one) => describeMissing(one, texts)), ...exceeded(limits, texts)] : [known];
  return texts.refused(status, reason, causes.join('; '));
};
