import { foldSegment } from './folding';
import { foldedTemplate, templateKey, type PathTemplate, type Segment } from './path-template';

/** A template, its methods, and their access rule as a string that is the same for equal rules. */
export interface RuledTemplate {
  readonly template: PathTemplate;
  readonly methods: readonly string[];
  readonly rule: string;
}

/** Two templates with different rules that a request can both match, and neither takes precedence. */
export interface Overlap {
  /** Indexes in the list of declarations. */
  readonly first: number;
  readonly second: number;
  readonly method: string;
  /** Template of the paths that both match. */
  readonly common: PathTemplate;
  /** `same`: the same requests. `folded`: the same if case and a trailing slash are ignored. `common`: some of them. */
  readonly kind: 'same' | 'folded' | 'common';
}

/** A segment, folded once because every template is compared with every other. */
interface FoldedSegment {
  readonly segment: Segment;
  readonly text: string;
}

const foldOnce = (segment: Segment): FoldedSegment => ({
  segment,
  text: foldSegment(segment.kind === 'literal' ? segment.text : decodeURIComponent(segment.suffix)),
});

/** Returns the segments that both match, or `undefined`. */
const intersectSegments = (one: FoldedSegment, other: FoldedSegment): FoldedSegment | undefined => {
  if (one.segment.kind === 'literal' && other.segment.kind === 'literal') {
    return one.text === other.text ? one : undefined;
  }
  if (one.segment.kind === 'parameter' && other.segment.kind === 'parameter') {
    if (one.text.endsWith(other.text)) return one;
    return other.text.endsWith(one.text) ? other : undefined;
  }
  if (one.segment.kind === 'parameter') return intersectSegments(other, one);
  return one.text.length > other.text.length && one.text.endsWith(other.text) ? one : undefined;
};

/** Returns the paths that both match, or `undefined`. */
const intersect = (one: Group, other: Group): PathTemplate | undefined => {
  if (one.segments.length > other.segments.length) return intersect(other, one);
  if (one.segments.length < other.segments.length && !one.template.hasRest) return undefined;
  const segments: Segment[] = [];
  for (const [index, segment] of other.segments.entries()) {
    const parallel = one.segments[index];
    const common = parallel === undefined ? segment : intersectSegments(parallel, segment);
    if (common === undefined) return undefined;
    segments.push(common.segment);
  }
  return {
    segments,
    hasRest: one.template.hasRest && other.template.hasRest,
    hasSlash: other.template.hasSlash || one.template.hasSlash,
  };
};

/** All declarations that match the same requests. */
interface Group {
  readonly template: PathTemplate;
  readonly segments: readonly FoldedSegment[];
  readonly folded: string;
  /** The rule of each method, and the index of its declaration. */
  readonly rules: Map<string, { readonly rule: string; readonly index: number }>;
}

/** Returns the rule of a method. A router serves HEAD by the handler of GET. */
const ruleOf = ({ rules }: Group, method: string) =>
  rules.get(method) ?? (method === 'HEAD' ? rules.get('GET') : undefined);

/** Groups declarations that match the same requests, and reports those whose rules differ. */
const groupEqual = (declared: readonly RuledTemplate[]) => {
  const groups = new Map<string, Group>();
  const found: Overlap[] = [];
  for (const [index, { template, methods, rule }] of declared.entries()) {
    const key = templateKey(template);
    const group = groups.get(key) ?? {
      template,
      segments: template.segments.map(foldOnce),
      folded: foldedTemplate(template),
      rules: new Map<string, { readonly rule: string; readonly index: number }>(),
    };
    groups.set(key, group);
    for (const method of methods) {
      const known = group.rules.get(method);
      if (known === undefined) group.rules.set(method, { rule, index });
      else if (known.rule !== rule) {
        found.push({ first: known.index, second: index, method, common: template, kind: 'same' });
      }
    }
  }
  return { groups: [...groups.values()], found };
};

/** Finds a method whose rules differ although a request can match both groups and no more specific template decides. */
const overlapOf = (one: Group, other: Group, known: ReadonlySet<string>): Overlap | undefined => {
  const common = intersect(one, other);
  if (common === undefined) return undefined;
  const isFolded = one.folded === other.folded;
  if (!isFolded && known.has(foldedTemplate(common))) return undefined;
  for (const method of new Set([...one.rules.keys(), ...other.rules.keys()])) {
    const [mine, theirs] = [ruleOf(one, method), ruleOf(other, method)];
    if (mine === undefined || theirs === undefined || mine.rule === theirs.rule) continue;
    return { first: mine.index, second: theirs.index, method, common, kind: isFolded ? 'folded' : 'common' };
  }
  return undefined;
};

/**
 * Finds pairs of templates with different rules between which a guard and the router behind it could choose
 * differently. If the paths that both match are declared themselves, guard and router choose that declaration.
 */
export const findOverlaps = (declared: readonly RuledTemplate[]): readonly Overlap[] => {
  const { groups, found } = groupEqual(declared);
  const known = new Set(groups.map(({ folded }) => folded));
  const compared: Group[] = [];
  for (const other of groups) {
    for (const one of compared) {
      const overlap = overlapOf(one, other, known);
      if (overlap !== undefined) found.push(overlap);
    }
    compared.push(other);
  }
  return found;
};
