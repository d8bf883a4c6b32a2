import { readBearerCredentials } from '../protocol/credentials';
import { readAccessToken } from '../protocol/secrets';
import type { AccessTokenRecord } from '../tokens/records';
import type { TokenService } from '../tokens/token-service';
import { authOf } from './auth';
import { summarize, type Explanation } from './explanation';
import type { Judge, Rule } from './judge';
import type { MissingRights } from './missing-rights';
import type { RefusalReason } from './refusal-bodies';

/** The target of an explanation: a rule, a public resource, or a refusal that precedes any rule. */
export type Target =
  | { readonly kind: 'rule'; readonly rule: Rule; readonly path?: string }
  | { readonly kind: 'public'; readonly api: string; readonly path: string }
  | { readonly kind: 'refusal'; readonly status: number; readonly reason: RefusalReason };

export interface ExplainServices {
  readonly tokens: Pick<TokenService, 'findFresh' | 'wasReplaced'>;
  /** A judge that ends no grants, because explaining changes nothing. */
  readonly judge: Judge;
  readonly missingRights: MissingRights;
}

/** Explains how a guard would respond to a token at a target. */
export type Explain = (token: string, target: Target) => Promise<Explanation>;

type Explained = Omit<Explanation, 'summary'>;

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
      return { allowed: true, status: 200, reason: 'allowed', ...described, token: live, missing: [] };
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
    return { allowed: true, status: 200, reason: 'public', rule, ...described };
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
