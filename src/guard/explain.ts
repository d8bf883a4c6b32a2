import { readBearerCredentials } from '../protocol/credentials';
import { readAccessToken } from '../protocol/secrets';
import type { AccessTokenRecord } from '../tokens/records';
import type { TokenService } from '../tokens/token-service';
import { describePublicLimit, type AppliedLimits, type CheckedLimit } from './applied-limits';
import { authOf } from './auth';
import { summarize, type Explanation } from './explanation';
import type { Judge, Rule } from './judge';
import type { MissingRights } from './missing-rights';
import type { ResourcePolicy } from './policies';
import type { RefusalReason } from './refusal-bodies';

/** The target of an explanation: a rule, a public resource, or a refusal that precedes any rule. */
export type Target =
  | { readonly kind: 'rule'; readonly rule: Rule; readonly path?: string }
  | {
      readonly kind: 'public';
      readonly api: string;
      readonly path: string;
      readonly limit?: ResourcePolicy | undefined;
    }
  | { readonly kind: 'refusal'; readonly status: number; readonly reason: RefusalReason };

export interface ExplainServices {
  readonly tokens: Pick<TokenService, 'findFresh' | 'wasReplaced'>;
  /** A judge that ends no grants, because explaining changes nothing. */
  readonly judge: Judge;
  readonly missingRights: MissingRights;
  readonly limits: AppliedLimits;
}

/** Explains how a guard would respond to a token at a target. */
export type Explain = (token: string, target: Target) => Promise<Explanation>;

type Explained = Omit<Explanation, 'summary'>;

/** Decides by what is left of the allowances. If both are used up, a guard refuses because of the plan. */
const decide = (checked: readonly CheckedLimit[]): Pick<Explained, 'allowed' | 'status' | 'reason' | 'limits'> => {
  const limits = checked.length === 0 ? {} : { limits: checked.map(({ applied }) => applied) };
  const refusing = checked.find(({ applied: { retryAfter = 0 } }) => retryAfter > 0);
  if (refusing === undefined) return { allowed: true, status: 200, reason: 'allowed', ...limits };
  return { allowed: false, status: 429, reason: refusing.reason, ...limits };
};

/** Explains decisions, without changing anything. The token is looked up, but never stored, returned or logged. */
class Explainer {
  readonly #services: ExplainServices;

  constructor(services: ExplainServices) {
    this.#services = services;
  }

  async explainRule(token: string, rule: Rule, path?: string): Promise<Explained> {
    const { tokens, judge, missingRights } = this.#services;
    const { api, refusals } = rule.resource;
    const isMalformed = readBearerCredentials(['Authorization', `Bearer ${token}`]).kind !== 'token';
    const record = isMalformed ? undefined : await tokens.findFresh(token);
    const verdict = isMalformed ? { refusal: refusals.malformed } : await judge(record, rule);
    const described = {
      token: await this.#describeToken(token, record),
      rule: {
        ...(api === undefined ? {} : { api: api.name }),
        ...(path === undefined ? {} : { path }),
        names: rule.requirement.names,
      },
    };
    if ('auth' in verdict) {
      const live = { state: 'live', auth: verdict.auth } as const;
      const checked = await this.#services.limits.findFresh(verdict.auth, rule);
      if (checked === 'gone') {
        return {
          allowed: false,
          status: 401,
          reason: 'invalid_token',
          ...described,
          token: { state: 'gone' },
          missing: [],
        };
      }
      return { ...decide(checked), ...described, token: live, missing: [] };
    }
    const { status, reason } = verdict.refusal;
    const missing = await missingRights.findFresh(reason, record, rule);
    return { allowed: false, status, reason, ...described, missing };
  }

  /** Explains decisions that do not depend on the token. */
  async explainOther(token: string, target: Exclude<Target, { kind: 'rule' }>): Promise<Explained> {
    const record = await this.#services.tokens.findFresh(token);
    const described = { token: await this.#describeToken(token, record), missing: [] };
    if (target.kind === 'refusal')
      return { allowed: false, status: target.status, reason: target.reason, ...described };
    const rule = { api: target.api, path: target.path, names: [] };
    const limits = target.limit === undefined ? {} : { limits: [describePublicLimit(target.limit).applied] };
    return { allowed: true, status: 200, reason: 'public', rule, ...described, ...limits };
  }

  async #describeToken(token: string, record: AccessTokenRecord | undefined): Promise<Explanation['token']> {
    if (record !== undefined) return { state: 'live', auth: authOf(record) };
    if (/^sg[rs]_/.test(token)) return { state: 'wrong_kind' };
    if (readAccessToken(token) === undefined) return { state: 'malformed' };
    return { state: (await this.#services.tokens.wasReplaced(token)) ? 'replaced' : 'gone' };
  }
}

export const createExplain = (services: ExplainServices): Explain => {
  const explainer = new Explainer(services);
  return async (token, target) => {
    const explained =
      target.kind === 'rule'
        ? await explainer.explainRule(token, target.rule, target.path)
        : await explainer.explainOther(token, target);
    return { ...explained, summary: summarize(explained) };
  };
};
