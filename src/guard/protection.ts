import type { Api } from '../access/api';
import type { RoleRecheck } from '../access/role-recheck';
import type { ScopePolicy } from '../access/scope-policy';
import type { ScopeRules } from '../access/scope-rules';
import type { Declarations } from '../directory/declarations';
import type { Directory } from '../directory/directory';
import type { Subscriber } from '../directory/subscribers';
import type { Emit } from '../events/emitter';
import type { Logger } from '../events/logger';
import type { ObservedRequests } from '../events/request-facts';
import type { Quotas } from '../quotas/quotas';
import type { ResourceOwners } from '../sign-in/resource-owners';
import type { Tickets } from '../tokens/tickets';
import type { Environment } from '../tokens/records';
import type { TokenService } from '../tokens/token-service';
import type { TokenWatches } from '../tokens/token-watches';
import type { UsageRecorder } from '../usage/usage';
import { AppliedLimits, type AppliedLimit } from './applied-limits';
import type { Auth } from './auth';
import type { Cors } from './cors';
import { findDrift, type Drift } from './drift';
import { reportDrift } from './drift-report';
import { createExplain, type Explain } from './explain';
import { createExplainCall, type ExplainCall } from './explain-request';
import { TargetFinder } from './explain-target';
import { Guard } from './guard';
import { createGuards, type DocumentedResources, type GateGuards } from './guards';
import { createJudge } from './judge';
import { MissingRights } from './missing-rights';
import { ProtectedResources, type ProtectedResourcesOptions } from './protected-resources';
import { RequestCounter } from './request-counter';
import { requirementCompiler } from './requirements';
import { reportUnsecured } from './resources';

export interface ProtectionServices extends ProtectedResourcesOptions {
  readonly rules: ScopeRules;
  readonly policy: ScopePolicy;
  readonly roles: RoleRecheck;
  readonly owners: ResourceOwners;
  readonly directory: Directory;
  readonly declared: Declarations;
  readonly tokens: TokenService;
  readonly tickets: Pick<Tickets, 'redeem'>;
  readonly watches: Pick<TokenWatches, 'watch'>;
  readonly quotas: Quotas;
  /** Called with the rights of each request that a guard has allowed. */
  readonly onAllowed: (auth: Auth) => void;
  /** Called with each request that has a live token. */
  readonly usage: UsageRecorder;
  /** Reads a parsed OpenAPI document. @throws ConfigurationError */
  readonly readDocument: (document: object) => DocumentedResources;
  readonly cors: Cors;
  readonly observed: ObservedRequests;
  readonly emit: Emit;
  readonly logger: Logger;
}

export interface Protection {
  readonly resources: ProtectedResources;
  readonly guards: GateGuards;
  readonly explain: Explain;
  readonly targets: TargetFinder;
  readonly explainCall: ExplainCall;
  /** Reads what is left of the plan of a subscription; never cached. `undefined` if its API has no plans. */
  readonly findPlanUsage: (
    api: string,
    subscriber: Subscriber,
    environment: Environment,
  ) => Promise<AppliedLimit | undefined>;
  readonly drift: () => Drift;
  /** Logs the drift, once. Call it when everything is mounted. */
  readonly reportDriftOnce: () => void;
}

const reportUnsecuredOf = (apis: Iterable<Api>, logger: Logger): void => {
  for (const { name, unsecured } of apis) reportUnsecured(unsecured, name, logger);
};

/** Creates the guards of a gate, `gate.explain` and the comparison of declarations with guards. */
export const createProtection = (services: ProtectionServices): Protection => {
  const { apis, rules, scopes: guarded, policy, roles, tokens, tickets, quotas } = services;
  const { onAllowed, usage, observed, emit, logger } = services;
  const resources = new ProtectedResources(services);
  const compile = requirementCompiler(rules.names);
  const judge = createJudge({ roles, endGrant: (record) => tokens.revokeGrant(record, 'gone') });
  const counter = new RequestCounter({ quotas, subscribers: services.directory.subscribers });
  const guard = new Guard({ onAllowed, usage, observed, tokens, tickets, judge, counter, emit, logger });
  reportUnsecuredOf(apis.values(), logger);
  const limits = new AppliedLimits({ quotas, subscribers: services.directory.subscribers });
  const explain = createExplain({
    tokens,
    judge: createJudge({ roles, endGrant: async () => undefined }),
    missingRights: new MissingRights({ ...services, guarded }),
    limits,
  });
  const targets = new TargetFinder(apis, resources, compile);
  const drift = (): Drift => findDrift({ rules, guarded, policy, apis, ...services.declared });
  return {
    resources,
    guards: createGuards({ ...services, guard, resources, compile }),
    explain,
    targets,
    explainCall: createExplainCall(explain, targets),
    findPlanUsage: async (api, subscriber, environment) => {
      const plans = resources.ofApi(api)?.plans;
      return plans && limits.findFreshPlan(plans.of(subscriber, environment));
    },
    drift,
    reportDriftOnce: reportDrift(drift, logger),
  };
};
