import type { Client } from '../directory/records';
import type { Directory } from '../directory/directory';
import type { ResourceOwners } from '../sign-in/resource-owners';
import type { GuardedScopes } from '../access/guarded-scopes';
import type { RoleRecheck } from '../access/role-recheck';
import type { ScopePolicy } from '../access/scope-policy';
import type { ScopeRules } from '../access/scope-rules';
import { readBearerCredentials } from '../protocol/credentials';
import { readAccessToken } from '../protocol/secrets';
import type { AccessTokenRecord } from '../tokens/records';
import type { TokenService } from '../tokens/token-service';
import { authOf } from './auth';
import { summarize, type Explanation, type Missing } from './explanation';
import type { Judge, Rule } from './judge';
import type { RefusalReason } from './refusal-bodies';

/** The target of an explanation: a rule, a public resource, or a refusal that precedes any rule. */
export type Target =
  | { readonly kind: 'rule'; readonly rule: Rule; readonly path?: string }
  | { readonly kind: 'public'; readonly api: string; readonly path: string }
  | { readonly kind: 'none'; readonly status: number; readonly reason: RefusalReason };

export interface ExplainServices {
  readonly tokens: Pick<TokenService, 'findFresh' | 'wasReplaced'>;
  /** A judge that ends no grants, because explaining changes nothing. */
  readonly judge: Judge;
  readonly directory: Directory;
  readonly owners: Pick<ResourceOwners, 'findFreshRoles'>;
  readonly roles: RoleRecheck;
  readonly rules: ScopeRules;
  readonly guarded: GuardedScopes;
  readonly policy: ScopePolicy;
}

type Explained = Omit<Explanation, 'summary'>;

/** Explains decisions, without changing anything. The token is looked up, but never stored, returned or logged. */
export const createExplain = (services: ExplainServices) => {
  const { tokens, judge, directory, owners, roles, rules, guarded, policy } = services;

  const describeToken = async (token: string, record: AccessTokenRecord | undefined): Promise<Explanation['token']> => {
    if (record !== undefined) return { state: 'live', auth: authOf(record) };
    if (/^sg[rs]_/.test(token)) return { state: 'wrong_kind' };
    if (readAccessToken(token) === undefined) return { state: 'malformed' };
    return { state: (await tokens.wasReplaced(token)) ? 'replaced' : 'gone' };
  };

  /** Checks whether the user, or a client that acts on its own behalf, may have a scope now. */
  const mayHave = async (
    scope: string,
    { subject }: AccessTokenRecord,
    client: Client | undefined,
  ): Promise<boolean> => {
    if (subject === undefined) return client !== undefined && policy.forClientItself([scope], client).length > 0;
    const present = await owners.findFreshRoles(subject);
    return rules.allows(scope, typeof present === 'string' ? [] : present);
  };

  const whyNot = async (scope: string, record: AccessTokenRecord, client: Client | undefined): Promise<Missing> => {
    const barrier = client === undefined ? undefined : policy.barrierOf(scope, client.application);
    if (barrier === 'application') return { kind: 'scope', scope, because: barrier };
    if (barrier === 'subscription') {
      return { kind: 'scope', scope, because: barrier, apis: guarded.apisNeeding(scope) };
    }
    return (await mayHave(scope, record, client))
      ? { kind: 'scope', scope, because: 'not_requested' }
      : { kind: 'scope', scope, because: 'role', roles: rules.rolesOf(scope) };
  };

  const missingFor = async (
    reason: RefusalReason,
    record: AccessTokenRecord | undefined,
    { requirement, resource: { api } }: Rule,
  ): Promise<readonly Missing[]> => {
    if (record === undefined || (reason !== 'not_subscribed' && reason !== 'insufficient_scope')) return [];
    const client = await directory.findFreshClient(record.clientId);
    if (reason === 'not_subscribed') {
      const name = api?.name ?? '';
      const isSubscribed = client?.application.subscriptions.includes(name) === true;
      return [{ kind: 'subscription', api: name, because: isSubscribed ? 'issued_before' : 'not_subscribed' }];
    }
    const scopes = await roles.findFreshScopes(record);
    const missing = requirement.missingFrom(scopes === 'gone' ? [] : scopes);
    return Promise.all(missing.map((scope) => whyNot(scope, record, client)));
  };

  const explainRule = async (token: string, rule: Rule, path?: string): Promise<Explained> => {
    const { api, refusals } = rule.resource;
    const isMalformed = readBearerCredentials(['Authorization', `Bearer ${token}`]).kind !== 'token';
    const record = isMalformed ? undefined : await tokens.findFresh(token);
    const verdict = isMalformed ? { refusal: refusals.malformed } : await judge(record, rule);
    const described = {
      token: await describeToken(token, record),
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
    return { allowed: false, status, reason, ...described, missing: await missingFor(reason, record, rule) };
  };

  /** Explains decisions that do not depend on the token. */
  const explainOther = async (text: string, target: Exclude<Target, { kind: 'rule' }>): Promise<Explained> => {
    const described = { token: await describeToken(text, await tokens.findFresh(text)), missing: [] };
    if (target.kind === 'none') return { allowed: false, status: target.status, reason: target.reason, ...described };
    const rule = { api: target.api, path: target.path, names: [] };
    return { allowed: true, status: 200, reason: 'public', rule, ...described };
  };

  return async (token: string, target: Target): Promise<Explanation> => {
    const explained =
      target.kind === 'rule' ? await explainRule(token, target.rule, target.path) : await explainOther(token, target);
    return { ...explained, summary: summarize(explained) };
  };
};

/** Explains how a guard would respond to a token at a target. */
export type Explain = ReturnType<typeof createExplain>;
