/** The declared scopes, and the users who may have them. */
export interface ScopeRules {
  readonly names: ReadonlySet<string>;
  /** Checks whether a user with these roles may have the scope. */
  allows(scope: string, roles: readonly string[]): boolean;
  /** Returns the roles that each grant the scope; empty if every user may have it. */
  rolesOf(scope: string): readonly string[];
  /** Returns the operator's description of a scope. */
  describe(scope: string): string | undefined;
  /** Scopes whose roles are re-read at each guarded request. */
  readonly rechecked: ReadonlySet<string>;
}
