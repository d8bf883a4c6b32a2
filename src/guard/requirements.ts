import { isMethodName } from '../access/method-name';
import type { Requirement } from '../options/requirement';
import type { ResourceAccess } from '../options/resources';
import { ConfigurationError } from '../protocol/errors';

/** A requirement per HTTP method, for `app.use`. A method that is missing is 405; HEAD follows GET. */
export type MethodRequirements<S extends string = string> = Readonly<Record<Uppercase<string>, Requirement<S>>>;

/** A requirement made ready: nothing is parsed while a request waits. */
export interface CompiledRequirement {
  /** Every scope that the rule names, once, in the order in which it names them. */
  readonly names: readonly string[];
  isMetBy(scopes: readonly string[]): boolean;
  /** What the unmet parts of the rule name, each once. */
  missingFrom(scopes: readonly string[]): readonly string[];
}

/** What any live token meets. */
export const anyToken: CompiledRequirement = { names: [], isMetBy: () => true, missingFrom: () => [] };

const fault = (problem: string): never => {
  throw new ConfigurationError([{ path: ['requireScope'], problem }]);
};

const isRule = (value: unknown): value is Record<'allOf' | 'anyOf', unknown> =>
  typeof value === 'object' && value !== null && ('allOf' in value || 'anyOf' in value);

const combine = (
  parts: readonly CompiledRequirement[],
  isMetBy: CompiledRequirement['isMetBy'],
): CompiledRequirement => ({
  names: [...new Set(parts.flatMap(({ names }) => names))],
  isMetBy,
  missingFrom: (scopes) => (isMetBy(scopes) ? [] : [...new Set(parts.flatMap((part) => part.missingFrom(scopes)))]),
});

/** Compiles requirements against the declared scopes. The types refuse a misspelt scope; plain JavaScript is told here. */
export const requirementCompiler = (declared: ReadonlySet<string>) => {
  const compile = (requirement: unknown): CompiledRequirement => {
    if (typeof requirement === 'string') {
      if (!declared.has(requirement)) {
        return fault(`names the scope "${requirement}"; declared are ${[...declared].join(', ') || 'none'}`);
      }
      const isMetBy = (scopes: readonly string[]): boolean => Array.isArray(scopes) && scopes.includes(requirement);
      return { names: [requirement], isMetBy, missingFrom: (scopes) => (isMetBy(scopes) ? [] : [requirement]) };
    }
    if (!isRule(requirement) || Object.keys(requirement).length !== 1) {
      return fault('must be scope names, { allOf: [...] }, { anyOf: [...] }, or one of these for each HTTP method');
    }
    const { allOf, anyOf } = requirement;
    const list = allOf ?? anyOf;
    if (!Array.isArray(list) || list.length === 0) return fault('has an empty list: name at least one scope');
    const parts = list.map(compile);
    return allOf === undefined
      ? combine(parts, (scopes) => parts.some((part) => part.isMetBy(scopes)))
      : combine(parts, (scopes) => parts.every((part) => part.isMetBy(scopes)));
  };
  return compile;
};

export type CompileRequirement = ReturnType<typeof requirementCompiler>;

/** Whether the argument of `requireScope` is a map per method. */
export const isMethodMap = (value: unknown): value is MethodRequirements =>
  typeof value === 'object' &&
  value !== null &&
  Object.keys(value).length > 0 &&
  Object.keys(value).every(isMethodName);

/** The requirement of a declared resource, or `undefined` where it is public. */
export const compileAccess = (access: ResourceAccess, compile: CompileRequirement): CompiledRequirement | undefined => {
  if (access.kind === 'public') return undefined;
  return access.kind === 'token' ? anyToken : compile(access.requirement);
};
