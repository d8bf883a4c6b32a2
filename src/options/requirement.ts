/** All of these. */
export interface AllOf<S extends string> {
  readonly allOf: readonly [Requirement<S>, ...Requirement<S>[]];
}

/** Any one of these. */
export interface AnyOf<S extends string> {
  readonly anyOf: readonly [Requirement<S>, ...Requirement<S>[]];
}

/** The scopes that a token must have: one scope, or a rule over several, nested as deep as need be. */
export type Requirement<S extends string = string> = S | AllOf<S> | AnyOf<S>;

export const scopeRule = (
  kind: 'allOf' | 'anyOf',
  requirements: readonly [Requirement, ...Requirement[]],
): Requirement => (kind === 'allOf' ? { allOf: requirements } : { anyOf: requirements });

/** Every scope that a requirement names, in the order in which it names them. */
export const scopesIn = (requirement: Requirement): readonly string[] => {
  if (typeof requirement === 'string') return [requirement];
  return ('allOf' in requirement ? requirement.allOf : requirement.anyOf).flatMap(scopesIn);
};
