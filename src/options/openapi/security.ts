import type { Checks, Fields, Path } from '../checks';
import { isObject, ownField, resolveObject, type Located } from './references';
import { scopeRule, type Requirement } from '../../access/requirement';
import type { ResourceAccess } from '../../access/resource';

/** The access rule of an operation; `unsecured` if neither it nor the document has `security`. */
export type OperationAccess = ResourceAccess | { readonly kind: 'unsecured' };

/** The meaning of a `security` list; `undefined` if it is faulty, which has been reported. */
type Security = ResourceAccess | Unchecked | undefined;

/** A list without an alternative that can be checked. It is a fault only if an operation depends on it. */
interface Unchecked {
  readonly kind: 'unchecked';
  readonly path: Path;
  readonly problem: string;
}

/** One alternative of a `security` list. Scopes: all of them are required, or any live token if there are none. */
type Alternative =
  | { readonly kind: 'anonymous' }
  | { readonly kind: 'scopes'; readonly scopes: readonly string[] }
  | { readonly kind: 'unchecked'; readonly schemes: readonly string[] };

const CHECKED = 'oauth2, or http bearer with an empty list';

const combine = (kind: 'allOf' | 'anyOf', parts: readonly Requirement[]): Requirement | undefined => {
  const [first, ...rest] = parts;
  return first === undefined || rest.length === 0 ? first : scopeRule(kind, [first, ...rest]);
};

/** Combines alternatives into one access rule, in its shortest form. */
const accessTo = (alternatives: readonly (readonly string[])[]): ResourceAccess => {
  const distinct = new Map<string, Requirement>();
  for (const scopes of alternatives) {
    const key = scopes.toSorted().join(' ');
    const all = combine('allOf', scopes);
    if (all === undefined) return { kind: 'token' };
    if (!distinct.has(key)) distinct.set(key, all);
  }
  const requirement = combine('anyOf', [...distinct.values()]);
  return requirement === undefined ? { kind: 'token' } : { kind: 'scopes', requirement };
};

/** Reads the `security` lists of a document: alternatives, each with schemes that are all required. */
export class OpenApiSecurity {
  readonly #checks: Checks;
  readonly #document: Located;
  readonly #declared: readonly string[];
  /** The type of each scheme, such as `oauth2` or `http basic`; `undefined` for a faulty one. */
  readonly #types = new Map<string, string | undefined>();
  /** The rule of operations without a `security` list of their own. */
  readonly #default: Security | { readonly kind: 'unsecured' };
  readonly #reported = new Set<Unchecked>();

  constructor(checks: Checks, document: Located, declared: readonly string[]) {
    this.#checks = checks;
    this.#document = document;
    this.#declared = declared;
    const listed = ownField(document.value, 'security');
    this.#default = listed === undefined ? { kind: 'unsecured' } : this.#read(listed, [...document.path, 'security']);
  }

  /** Reads the access rule of an operation; `undefined` if it is faulty. */
  accessTo(operation: Fields, path: Path): OperationAccess | undefined {
    const listed = ownField(operation, 'security');
    const security = listed === undefined ? this.#default : this.#read(listed, [...path, 'security']);
    if (security?.kind !== 'unchecked') return security;
    if (!this.#reported.has(security)) this.#checks.fault(security.path, security.problem);
    this.#reported.add(security);
    return undefined;
  }

  #read(value: unknown, path: Path): Security {
    const listed = this.#checks.list(value, path);
    if (listed === undefined) return undefined;
    const read = Array.from(listed, (alternative, index) => this.#readAlternative(alternative, [...path, index]));
    const alternatives = read.filter((alternative) => alternative !== undefined);
    if (alternatives.length < read.length) return undefined;
    if (read.length === 0 || alternatives.some(({ kind }) => kind === 'anonymous')) return { kind: 'public' };
    const checkable = alternatives.flatMap((alternative) =>
      alternative.kind === 'scopes' ? [alternative.scopes] : [],
    );
    if (checkable.length > 0) return accessTo(checkable);
    const dropped = alternatives.flatMap((alternative) =>
      alternative.kind === 'unchecked' ? alternative.schemes : [],
    );
    const problem = `has no alternative that can be checked: ${[...new Set(dropped)].join(', ')}; add one of ${CHECKED}`;
    return { kind: 'unchecked', path, problem };
  }

  #readAlternative(value: unknown, path: Path): Alternative | undefined {
    if (!isObject(value)) return this.#checks.fault(path, 'must be an object with a list for each scheme it needs');
    const needs = Object.entries(value).map(([name, listed]) => {
      const at = [...path, name];
      return { name, at, type: this.#typeOf(name, at), names: this.#checks.list(listed ?? null, at) };
    });
    if (needs.length === 0) return { kind: 'anonymous' };
    const unchecked = needs.flatMap(({ name, type, names }) => {
      if (type === undefined || type === 'oauth2') return [];
      if (type !== 'http bearer') return [`"${name}" is ${type}`];
      return names?.length === 0 ? [] : [`"${name}" is http bearer with names in its list`];
    });
    const isFaulty = needs.some(({ type, names }) => type === undefined || names === undefined);
    if (unchecked.length > 0) return isFaulty ? undefined : { kind: 'unchecked', schemes: unchecked };
    const scopes = needs.flatMap(({ at, type, names }) =>
      type === 'oauth2' && names !== undefined
        ? Array.from(names, (name, index) => this.#checkScope(name, [...at, index]))
        : [],
    );
    if (isFaulty || !scopes.every((scope) => scope !== undefined)) return undefined;
    return { kind: 'scopes', scopes: [...new Set(scopes)] };
  }

  #checkScope(name: unknown, path: Path): string | undefined {
    const found = this.#declared.find((scope) => scope === name);
    if (found !== undefined) return found;
    const what = typeof name === 'string' ? `names the scope "${name}"` : 'is not the name of a scope';
    return this.#checks.fault(path, `${what}; declared are ${this.#declared.join(', ') || 'none'}`);
  }

  #typeOf(name: string, path: Path): string | undefined {
    const declared = ownField(ownField(ownField(this.#document.value, 'components'), 'securitySchemes'), name);
    if (declared === undefined) {
      return this.#checks.fault(path, 'is not in components.securitySchemes; define it there, or correct the name');
    }
    if (!this.#types.has(name)) this.#types.set(name, this.#readType(name, declared));
    return this.#types.get(name);
  }

  #readType(name: string, declared: unknown): string | undefined {
    const place = [...this.#document.path, 'components', 'securitySchemes', name];
    const found = resolveObject(this.#checks, this.#document, declared, place);
    if (found === undefined) return undefined;
    const word = (field: string): string | undefined =>
      this.#checks.required(ownField(found.value, field), [...found.path, field], /^\S+$/, 'one word');
    const type = word('type');
    if (type !== 'http') return type;
    const scheme = word('scheme');
    return scheme === undefined ? undefined : `http ${scheme.toLowerCase()}`;
  }
}
