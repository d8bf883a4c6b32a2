import type { RoleRecheck } from '../access/role-recheck';
import type { AccessTokenRecord } from '../tokens/records';
import { authOf, type Auth } from './auth';
import type { ResourcePolicy } from './policies';
import type { ProtectedResource } from './protected-resource';
import type { Refusal, RuleRefusals } from './refusals';
import type { CompiledRequirement } from './requirements';

/** A protected resource, and the requirement that a token must meet there. */
export interface Rule {
  readonly requirement: CompiledRequirement;
  readonly resource: ProtectedResource;
  /** Prepared once, not for each request. */
  readonly refusals: RuleRefusals;
  /** The limit of the declared resource. */
  readonly limit?: ResourcePolicy | undefined;
  /** The path template of the declared resource. */
  readonly path?: string | undefined;
}

/** @param declared resource; none for a route of the host application */
export const ruleOf = (
  requirement: CompiledRequirement,
  resource: ProtectedResource,
  declared: Pick<Rule, 'limit' | 'path'> = {},
): Rule => ({
  requirement,
  resource,
  refusals: resource.refusals.ofRule(requirement),
  limit: declared.limit,
  path: declared.path,
});

/** A refusal, and the record of the token if it is live. */
export interface Refused {
  readonly refusal: Refusal;
  readonly record?: AccessTokenRecord | undefined;
  /** The reason in events, metrics and logs. @default that of the refusal */
  readonly reason?: string;
}

export type Verdict = { readonly auth: Auth } | Refused;

/**
 * Decides about a token after its record has been read. Validity is checked before everything else (RFC 6750 §3.1), and
 * the audience is a part of it.
 */
export type Judge = (record: AccessTokenRecord | undefined, rule: Rule) => Verdict | Promise<Verdict>;

/** Returns the refusal of a live token that the API does not accept, whatever its scope. */
const apiRefusal = ({ subscriptions, environment }: AccessTokenRecord, { api, refusals }: ProtectedResource) => {
  if (api === undefined) return undefined;
  if (!subscriptions.includes(api.name)) return refusals.notSubscribed;
  return environment === 'sandbox' && !api.sandbox ? refusals.noSandbox : undefined;
};

const judgeScopes = (record: AccessTokenRecord, { requirement, refusals }: Rule): Verdict =>
  requirement.isMetBy(record.scopes) ? { auth: authOf(record) } : { refusal: refusals.insufficientScope, record };

export interface JudgeServices {
  readonly roles: RoleRecheck;
  /** Ends the grant of a user who no longer exists. */
  readonly endGrant: (record: AccessTokenRecord) => Promise<void>;
}

export const createJudge = ({ roles, endGrant }: JudgeServices): Judge => {
  const judgeCurrentScopes = async (record: AccessTokenRecord, rule: Rule): Promise<Verdict> => {
    const scopes = await roles.findFreshScopes(record);
    if (scopes !== 'gone') return judgeScopes({ ...record, scopes }, rule);
    await endGrant(record);
    return { refusal: rule.refusals.invalidToken, record };
  };

  return (record, rule) => {
    if (record === undefined) return { refusal: rule.refusals.invalidToken };
    if (record.audience !== undefined && record.audience !== rule.resource.identifier) {
      return { refusal: rule.refusals.wrongAudience, record };
    }
    const refusal = apiRefusal(record, rule.resource);
    if (refusal !== undefined) return { refusal, record };
    return roles.appliesTo(record) ? judgeCurrentScopes(record, rule) : judgeScopes(record, rule);
  };
};
