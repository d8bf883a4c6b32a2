import type { GuardedScopes } from '../access/guarded-scopes';
import type { RoleRecheck } from '../access/role-recheck';
import type { ScopePolicy } from '../access/scope-policy';
import type { ScopeRules } from '../access/scope-rules';
import type { Directory } from '../directory/directory';
import type { Client } from '../directory/records';
import type { ResourceOwners } from '../sign-in/resource-owners';
import type { AccessTokenRecord } from '../tokens/records';
import type { Missing } from './explanation';
import type { Rule } from './judge';
import type { RefusalReason } from './refusal-bodies';

export interface MissingRightsServices {
  readonly directory: Directory;
  readonly owners: Pick<ResourceOwners, 'findFreshRoles'>;
  readonly roles: RoleRecheck;
  readonly rules: ScopeRules;
  readonly guarded: GuardedScopes;
  readonly policy: ScopePolicy;
}

/** Finds what a refused token lacks, and why. Reads the store; never cached. */
export class MissingRights {
  readonly #services: MissingRightsServices;

  constructor(services: MissingRightsServices) {
    this.#services = services;
  }

  /** Returns nothing for a refusal that no right would change. */
  async findFresh(
    reason: RefusalReason,
    record: AccessTokenRecord | undefined,
    { requirement, resource: { api } }: Rule,
  ): Promise<readonly Missing[]> {
    if (record === undefined || (reason !== 'not_subscribed' && reason !== 'insufficient_scope')) return [];
    const client = await this.#services.directory.findFreshClient(record.clientId);
    if (reason === 'not_subscribed') {
      const name = api?.name ?? '';
      const isSubscribed = client?.application.subscriptions.includes(name) === true;
      return [{ kind: 'subscription', api: name, because: isSubscribed ? 'issued_before' : 'not_subscribed' }];
    }
    const scopes = await this.#services.roles.findFreshScopes(record);
    const missing = requirement.missingFrom(scopes === 'gone' ? [] : scopes);
    return Promise.all(missing.map((scope) => this.#whyMissing(scope, record, client)));
  }

  async #whyMissing(scope: string, record: AccessTokenRecord, client: Client | undefined): Promise<Missing> {
    const { policy, guarded, rules } = this.#services;
    const because = client === undefined ? undefined : policy.whyRefused(scope, client.application);
    if (because === 'application') return { kind: 'scope', scope, because };
    if (because === 'subscription') return { kind: 'scope', scope, because, apis: guarded.apisNeeding(scope) };
    return (await this.#mayHave(scope, record, client))
      ? { kind: 'scope', scope, because: 'not_requested' }
      : { kind: 'scope', scope, because: 'role', roles: rules.rolesOf(scope) };
  }

  /** Checks whether the user, or a client that acts on its own behalf, may have a scope now. */
  async #mayHave(scope: string, { subject }: AccessTokenRecord, client: Client | undefined): Promise<boolean> {
    const { policy, owners, rules } = this.#services;
    if (subject === undefined) return client !== undefined && policy.forClientItself([scope], client).length > 0;
    const current = await owners.findFreshRoles(subject);
    return rules.allows(scope, typeof current === 'string' ? [] : current);
  }
}
