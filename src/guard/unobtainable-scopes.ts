import type { GuardedScopes } from '../access/guarded-scopes';
import type { ScopePolicy } from '../access/scope-policy';
import type { ScopeRules } from '../access/scope-rules';
import type { Application } from '../directory/records';
import { mayActFor } from '../grants/allowed-grants';

export interface UnobtainableScopesServices {
  readonly rules: ScopeRules;
  readonly guarded: GuardedScopes;
  readonly policy: ScopePolicy;
  /** Declared ones only. */
  readonly applications: readonly Application[];
  /** Roles of the declared users; `undefined` if no user is declared, so that any role may exist. */
  readonly roles: ReadonlySet<string> | undefined;
}

/** Finds declared scopes that no declared user or application can get. */
export class UnobtainableScopes {
  readonly #services: UnobtainableScopesServices;

  constructor(services: UnobtainableScopesServices) {
    this.#services = services;
  }

  find(): readonly { readonly scope: string; readonly because: string }[] {
    return [...this.#services.rules.names].flatMap((scope) => {
      const because = this.#whyUnobtainable(scope);
      return because === undefined ? [] : [{ scope, because }];
    });
  }

  #whyUnobtainable(scope: string): string | undefined {
    const { applications, policy, rules, roles } = this.#services;
    const allowed = applications.filter((application) => policy.whyRefused(scope, application) === undefined);
    if (applications.length > 0 && allowed.length === 0) return this.#whyNoApplication(scope);
    if (allowed.some((application) => this.#canGetWithoutUser(application, scope))) return undefined;
    if (applications.length > 0 && !allowed.some((application) => mayActFor({ application }, 'user'))) {
      return 'no declared application may request it on behalf of a user';
    }
    const needed = rules.rolesOf(scope);
    if (needed.length === 0 || roles === undefined || needed.some((role) => roles.has(role))) return undefined;
    return `no declared user has the role ${needed.join(' or ')}`;
  }

  #whyNoApplication(scope: string): string {
    const { applications, policy, guarded } = this.#services;
    const needing = guarded.apisNeeding(scope);
    const isUnsubscribed = applications.some((application) => policy.whyRefused(scope, application) === 'subscription');
    if (!isUnsubscribed || needing.length === 0) return 'no declared application may have it';
    return `no declared application subscribes to ${needing.join(' or ')}: add it to \`subscriptions\``;
  }

  /** Checks whether an application may have a scope without a user. */
  #canGetWithoutUser(application: Application, scope: string): boolean {
    const isOpen = this.#services.rules.rolesOf(scope).length === 0;
    return mayActFor({ application }, 'client') && (isOpen || application.scopes?.includes(scope) === true);
  }
}
