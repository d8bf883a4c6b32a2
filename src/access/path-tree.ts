import { foldSegment } from './folding';
import { parsePathTemplate, templateKey, type ParameterSegment, type PathTemplate } from './path-template';

/** The values declared at one path, by method. */
export type Leaf<T> = ReadonlyMap<string, T>;

/** The result of a search for a request's path. */
export interface Found<T> {
  readonly leaf: Leaf<T>;
  /**
   * The path for the router behind, which compares bytes. Literal segments are spelled as declared if that router could
   * otherwise match them as parameters.
   */
  readonly path: string;
  readonly template: PathTemplate;
}

interface Variant<T> {
  readonly template: PathTemplate;
  /** Nodes on the way from the root, without the last one unless the template ends in `/*`. */
  readonly way: readonly Node<T>[];
  /** True if its literals are written without escapes. */
  readonly isPlain: boolean;
  readonly leaf: Map<string, T>;
}

/** A parameter with a suffix. */
interface Suffix<T> {
  readonly folded: string;
  readonly spellings: Set<string>;
  readonly node: Node<T>;
}

/** A node in a tree of folded path segments. Templates that differ only in what folding ignores share a node. */
interface Node<T> {
  readonly literals: Map<string, { readonly texts: Set<string>; readonly node: Node<T> }>;
  /** Longest suffix first. */
  readonly suffixes: Suffix<T>[];
  parameter: Node<T> | undefined;
  readonly ends: Variant<T>[];
  readonly rests: Variant<T>[];
  /** True if nothing may be found here or below. */
  isReserved: boolean;
}

interface RequestPath {
  readonly raw: readonly string[];
  readonly decoded: readonly string[];
  readonly hasSlash: boolean;
}

const newNode = <T>(): Node<T> => ({
  literals: new Map(),
  suffixes: [],
  parameter: undefined,
  ends: [],
  rests: [],
  isReserved: false,
});

const decode = (segment: string): string => (segment.includes('%') ? decodeURIComponent(segment) : segment);

const readPath = (path: string): RequestPath => {
  const raw = path.slice(1).split('/');
  const hasSlash = raw.at(-1) === '';
  if (hasSlash) raw.pop();
  return { raw, decoded: raw.map(decode), hasSlash };
};

const REFUSED: readonly never[] = [];

/**
 * Finds the variants of the most specific template that a router could match to a path: a literal takes precedence over
 * a parameter with a suffix, that over a plain parameter, and `/*` comes last. An empty list refuses the path: it is
 * reserved, or a segment equals a literal under folding only, so the router behind might run a handler other than the
 * one whose rule was checked.
 */
const match = <T>(node: Node<T>, path: RequestPath, index: number): readonly Variant<T>[] | undefined => {
  if (node.isReserved) return REFUSED;
  const text = path.decoded[index];
  if (text === undefined) {
    if (node.ends.length > 0) return node.ends;
    return path.hasSlash && node.rests.length > 0 ? node.rests : undefined;
  }
  const folded = foldSegment(text);
  const literal = node.literals.get(folded);
  if (literal !== undefined) {
    if (!literal.texts.has(text)) return REFUSED;
    const found = match(literal.node, path, index + 1);
    if (found !== undefined) return found;
  }
  for (const suffix of node.suffixes) {
    if (!folded.endsWith(suffix.folded) || folded.length === suffix.folded.length) continue;
    if (!endsInOneOf(path.raw[index] ?? '', suffix.spellings)) return REFUSED;
    const found = match(suffix.node, path, index + 1);
    if (found !== undefined) return found;
  }
  const found = node.parameter && match(node.parameter, path, index + 1);
  if (found !== undefined) return found;
  return node.rests.length > 0 ? node.rests : undefined;
};

const endsInOneOf = (text: string, endings: ReadonlySet<string>): boolean => {
  for (const ending of endings) if (text.endsWith(ending)) return true;
  return false;
};

/** Checks whether a path matches a template exactly, including its case and its trailing slash. */
const fits = ({ segments, hasSlash, hasRest }: PathTemplate, path: RequestPath): boolean =>
  (hasRest || hasSlash === (path.hasSlash && path.raw.length > 0)) &&
  segments.every((segment, index) =>
    segment.kind === 'literal'
      ? segment.text === path.decoded[index]
      : (path.raw[index] ?? '').length > segment.suffix.length && path.raw[index]?.endsWith(segment.suffix),
  );

const isPlain = ({ segments }: PathTemplate): boolean =>
  segments.every((segment) => segment.kind === 'parameter' || segment.spelling === segment.text);

/** Checks whether a router could match another template if it does not recognize a literal as the request spells it. */
const hasAlternative = <T>({ way }: Variant<T>): boolean =>
  way.some(({ parameter, suffixes, rests }) => parameter !== undefined || suffixes.length > 0 || rests.length > 0);

const respelled = ({ segments }: PathTemplate, { raw, hasSlash }: RequestPath): string => {
  const spelled = raw.map((written, index) => {
    const segment = segments[index];
    return segment?.kind === 'literal' ? segment.spelling : written;
  });
  return `/${spelled.join('/')}${hasSlash && raw.length > 0 ? '/' : ''}`;
};

/** Matches paths against templates. All path templates are matched here, wherever they are declared. */
export class PathTree<T> {
  readonly #root: Node<T> = newNode();

  /** Declares a value for a method at a template such as `/:id/lines`. The first of two equal declarations is kept. */
  add(path: string, method: string, value: T): void {
    const template = parsePathTemplate(path);
    const way = this.#wayTo(template);
    const node = way.at(-1) ?? this.#root;
    const variants = template.hasRest ? node.rests : node.ends;
    const key = templateKey(template);
    let variant = variants.find((other) => templateKey(other.template) === key);
    if (variant === undefined) {
      variant = {
        template,
        way: template.hasRest ? way : way.slice(0, -1),
        isPlain: isPlain(template),
        leaf: new Map(),
      };
      variants.push(variant);
    }
    if (!variant.leaf.has(method)) variant.leaf.set(method, value);
  }

  /** Refuses a path of literal segments and everything below it, because another handler serves it. */
  reserve(path: string): void {
    const node = this.#wayTo(parsePathTemplate(path)).at(-1);
    if (node !== undefined) node.isReserved = true;
  }

  /** Finds the declaration for a canonical path. */
  find(path: string): Found<T> | undefined {
    const request = readPath(path);
    const variant = match(this.#root, request, 0)?.find(({ template }) => fits(template, request));
    if (variant === undefined) return undefined;
    const { template, leaf } = variant;
    const isSpelledPlainly = !path.includes('%') && variant.isPlain;
    return { leaf, template, path: isSpelledPlainly || !hasAlternative(variant) ? path : respelled(template, request) };
  }

  /** Returns the nodes from the root to a template's own, creating those that are missing. */
  #wayTo({ segments }: PathTemplate): readonly Node<T>[] {
    let node = this.#root;
    const way = [node];
    for (const segment of segments) {
      if (segment.kind === 'parameter') {
        node = parameterNode(node, segment);
        way.push(node);
        continue;
      }
      const folded = foldSegment(segment.text);
      const literal = node.literals.get(folded) ?? { texts: new Set(), node: newNode<T>() };
      literal.texts.add(segment.text);
      node.literals.set(folded, literal);
      node = literal.node;
      way.push(node);
    }
    return way;
  }
}

const parameterNode = <T>(node: Node<T>, { suffix }: ParameterSegment): Node<T> => {
  if (suffix === '') {
    node.parameter ??= newNode();
    return node.parameter;
  }
  const folded = foldSegment(decode(suffix));
  let known = node.suffixes.find((other) => other.folded === folded);
  if (known === undefined) {
    known = { folded, spellings: new Set(), node: newNode() };
    node.suffixes.push(known);
    node.suffixes.sort((one, other) => other.folded.length - one.folded.length);
  }
  known.spellings.add(suffix);
  return known.node;
};
