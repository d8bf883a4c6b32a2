import { isMethodName } from '../access/method-name';
import { METHODS } from 'node:http';
import type { Requirement } from '../access/requirement';
import type { ResourceAccess } from '../access/resource';
import { ConfigurationError } from '../protocol/errors';
import { printValue } from '../protocol/printed-value';
import { suggestion } from '../protocol/suggestion';

/** A requirement per HTTP method, for `app.use`. The response to a missing method is 405; HEAD follows GET. */
export type MethodRequirements<S extends string = string> = Readonly<Record<Uppercase<string>, Requirement<S>>>;

/** A compiled requirement, so that nothing is parsed while a request waits. */
export interface CompiledRequirement {
  /** Every scope that the rule names, once, in the order of the rule. */
  readonly names: readonly string[];
  isMetBy(scopes: readonly string[]): boolean;
  /** Returns the scopes that the unmet parts of the rule name, each once. */
  missingFrom(scopes: readonly string[]): readonly string[];
}

/** The rule that any live token meets. */
export const anyToken: CompiledRequirement = { names: [], isMetBy: () => true, missingFrom: () => [] };

const MAX_DEPTH = 100;

const fault = (problem: string): never => {
  throw new ConfigurationError([{ path: [], problem }]);
};

/** Throws for a value that is not a requirement; the message shows what to write instead. */
const refuse = (value: unknown): never => {
  if (Array.isArray(value)) {
    const names = value.filter((name) => typeof name === 'string').map((name) => `'${name}'`);
    const written = names.length === 0 ? "'read', 'update'" : names.slice(0, 5).join(', ');
    return fault(`takes scopes one by one, not as a list: write requireScope(${written})`);
  }
  const [name] = typeof value === 'object' && value !== null ? Object.keys(value) : [];
  if (name !== undefined && METHOD_NAMES.has(name.toUpperCase()) && name !== name.toUpperCase()) {
    return fault(`methods are written in upper case: write { ${name.toUpperCase()}: … }, not { ${name}: … }`);
  }
  return fault(
    `needs a scope, { allOf: […] }, { anyOf: […] }, or one of these for each HTTP method; got ${printValue(value)}`,
  );
};

const METHOD_NAMES: ReadonlySet<string> = new Set(METHODS);

/** Returns the name and the list of a rule over several scopes. */
const readRule = (value: unknown): readonly [kind: string, list: unknown] | undefined => {
  if (typeof value !== 'object' || value === null) return undefined;
  const entries = Object.entries(value);
  const [entry] = entries;
  return entries.length === 1 && (entry?.[0] === 'allOf' || entry?.[0] === 'anyOf') ? entry : undefined;
};

const combine = (
  parts: readonly CompiledRequirement[],
  isMetBy: CompiledRequirement['isMetBy'],
): CompiledRequirement => ({
  names: [...new Set(parts.flatMap(({ names }) => names))],
  isMetBy,
  missingFrom: (scopes) => (isMetBy(scopes) ? [] : [...new Set(parts.flatMap((part) => part.missingFrom(scopes)))]),
});

/** Compiles requirements against the declared scopes. Throws for a misspelt scope, which TypeScript finds earlier. */
export const requirementCompiler = (declared: ReadonlySet<string>) => {
  const compileAt = (requirement: unknown, depth: number): CompiledRequirement => {
    if (depth > MAX_DEPTH) return fault(`is nested deeper than ${MAX_DEPTH} rules`);
    if (typeof requirement === 'string') {
      if (!declared.has(requirement)) {
        return fault(`there is no scope ${printValue(requirement)}${suggestion(requirement, [...declared])}`);
      }
      const isMetBy = (scopes: readonly string[]): boolean => Array.isArray(scopes) && scopes.includes(requirement);
      return { names: [requirement], isMetBy, missingFrom: (scopes) => (isMetBy(scopes) ? [] : [requirement]) };
    }
    const [kind, list] = readRule(requirement) ?? refuse(requirement);
    if (!Array.isArray(list) || list.length === 0) return fault('has an empty list: name at least one scope');
    const parts = Array.from(list, (part) => compileAt(part, depth + 1));
    return kind === 'anyOf'
      ? combine(parts, (scopes) => parts.some((part) => part.isMetBy(scopes)))
      : combine(parts, (scopes) => parts.every((part) => part.isMetBy(scopes)));
  };
  return (requirement: unknown): CompiledRequirement => {
    try {
      return compileAt(requirement, 0);
    } catch (error) {
      if (error instanceof ConfigurationError) throw error;
      return fault('cannot be read: one of its getters throws');
    }
  };
};

export type CompileRequirement = ReturnType<typeof requirementCompiler>;

/** Checks whether the argument of `requireScope` is a map per method. */
export const isMethodMap = (value: unknown): value is MethodRequirements =>
  typeof value === 'object' &&
  value !== null &&
  Object.keys(value).length > 0 &&
  Object.keys(value).every(isMethodName);

/** Compiles the requirement of a declared resource; `undefined` if it is public. */
export const compileAccess = (access: ResourceAccess, compile: CompileRequirement): CompiledRequirement | undefined => {
  if (access.kind === 'public') return undefined;
  return access.kind === 'token' ? anyToken : compile(access.requirement);
};
