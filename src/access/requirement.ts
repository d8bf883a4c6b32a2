/** Requires all of these, at least one. An empty list is refused at start. */
export interface AllOf<S extends string> {
  readonly allOf: readonly Requirement<S>[];
}

/** Requires any one of these, at least one. An empty list is refused at start. */
export interface AnyOf<S extends string> {
  readonly anyOf: readonly Requirement<S>[];
}

/** The scopes that a token must have: one scope, or a rule over several, nested as deep as necessary. */
export type Requirement<S extends string = string> = S | AllOf<S> | AnyOf<S>;

export const scopeRule = (kind: 'allOf' | 'anyOf', requirements: readonly Requirement[]): Requirement =>
  kind === 'allOf' ? { allOf: requirements } : { anyOf: requirements };

/** Returns every scope that a requirement names, in the order of the requirement. */
export const scopesIn = (requirement: Requirement): readonly string[] => {
  if (typeof requirement === 'string') return [requirement];
  return ('allOf' in requirement ? requirement.allOf : requirement.anyOf).flatMap(scopesIn);
};
