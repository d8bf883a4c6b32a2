import type { Client } from '../directory/records';
import type { Directory } from '../directory/directory';
import type { ResourceOwners } from '../directory/resource-owners';
import type { GuardedScopes } from '../grants/guarded-scopes';
import type { ScopePolicy } from '../grants/scope-policy';
import type { ScopeRules } from '../options/scopes';
import { readAccessToken } from '../protocol/secrets';
import type { AccessTokenRecord } from '../tokens/records';
import type { TokenService } from '../tokens/token-service';
import { authOf } from './auth';
import { summarize, type Explanation, type Missing, type TokenState } from './explanation';
import type { Judge, Rule } from './judge';
import type { RefusalReason } from './refusal-bodies';

/** What a token is held against: a rule, or what comes before any. */
export type Target =
  | { readonly kind: 'rule'; readonly rule: Rule; readonly path?: string }
  | { readonly kind: 'public'; readonly api: string; readonly path: string }
  | { readonly kind: 'none'; readonly status: number; readonly reason: RefusalReason };

export interface ExplainServices {
  readonly tokens: Pick<TokenService, 'find' | 'grantOf'>;
  /** One that ends nothing: explaining changes nothing. */
  readonly judge: Judge;
  readonly directory: Directory;
  readonly owners: Pick<ResourceOwners, 'presentRoles'>;
  readonly rules: ScopeRules;
  readonly guarded: GuardedScopes;
  readonly policy: ScopePolicy;
}

/** Says why, without changing anything. The token is looked up and never kept, told or logged. */
export const createExplain = (services: ExplainServices) => {
  const { tokens, judge, directory, owners, rules, guarded, policy } = services;

  const stateOf = async (token: string, record: AccessTokenRecord | undefined): Promise<TokenState> => {
    if (record !== undefined) return 'live';
    if (/^sg[rs]_/.test(token)) return 'wrong_kind';
    if (readAccessToken(token) === undefined) return 'malformed';
    return (await tokens.grantOf(token)) === undefined ? 'gone' : 'replaced';
  };

  const whyNot = (scope: string, client: Client | undefined, roles: readonly string[] | undefined): Missing => {
    const limits = client?.application;
    const barrier = limits === undefined ? undefined : policy.barrierOf(scope, limits);
    if (barrier === 'application') return { kind: 'scope', scope, because: barrier };
    if (barrier === 'subscription') {
      return { kind: 'scope', scope, because: barrier, apis: guarded.apisNeeding(scope) };
    }
    const isOpen =
      roles === undefined || rules.allows(scope, roles) || (roles.length === 0 && limits?.scopes?.includes(scope));
    return isOpen
      ? { kind: 'scope', scope, because: 'not_requested' }
      : { kind: 'scope', scope, because: 'role', roles: rules.rolesOf(scope) };
  };

  const missingScopes = async (record: AccessTokenRecord, { requirement }: Rule): Promise<readonly Missing[]> => {
    const client = await directory.findClient(record.clientId);
    const answer = record.subject === undefined ? [] : await owners.presentRoles(record.subject);
    const roles = answer === 'unknown' ? undefined : answer === 'gone' ? [] : answer;
    return requirement.names
      .filter((scope) => !record.scopes.includes(scope) || rules.rechecked.has(scope))
      .map((scope) => whyNot(scope, client, roles))
      .filter(
        (missing) =>
          'scope' in missing && !(record.scopes.includes(missing.scope) && missing.because === 'not_requested'),
      );
  };

  const missingFor = async (
    reason: string,
    record: AccessTokenRecord | undefined,
    rule: Rule,
  ): Promise<readonly Missing[]> => {
    const { api } = rule.resource;
    if (record === undefined) return [];
    if (reason === 'not_subscribed' && api !== undefined) return [{ kind: 'subscription', api: api.name }];
    return reason === 'insufficient_scope' ? missingScopes(record, rule) : [];
  };

  const explainRule = async (token: string, rule: Rule, path?: string): Promise<Omit<Explanation, 'summary'>> => {
    const record = await tokens.find(token);
    const verdict = await judge(record, rule);
    const { api } = rule.resource;
    const told = {
      token: {
        state: await stateOf(token, record),
        ...(record === undefined ? {} : { auth: 'auth' in verdict ? verdict.auth : authOf(record) }),
      },
      rule: {
        ...(api === undefined ? {} : { api: api.name }),
        ...(path === undefined ? {} : { path }),
        names: rule.requirement.names,
      },
    };
    if ('auth' in verdict) return { allowed: true, status: 200, reason: 'allowed', ...told, missing: [] };
    const { status, reason } = verdict.refusal;
    return { allowed: false, status, reason, ...told, missing: await missingFor(reason, record, rule) };
  };

  return async (token: string, target: Target): Promise<Explanation> => {
    if (target.kind === 'rule') {
      const explained = await explainRule(token, target.rule, target.path);
      return { ...explained, summary: summarize(explained) };
    }
    const record = await tokens.find(token);
    const state = { state: await stateOf(token, record), ...(record === undefined ? {} : { auth: authOf(record) }) };
    const explained =
      target.kind === 'public'
        ? ({
            allowed: true,
            status: 200,
            reason: 'public',
            rule: { api: target.api, path: target.path, names: [] },
          } as const)
        : ({ allowed: false, status: target.status, reason: target.reason } as const);
    const whole = { ...explained, token: state, missing: [] };
    return { ...whole, summary: summarize(whole) };
  };
};
