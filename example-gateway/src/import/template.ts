/** A segment of a path template: a literal, or a parameter with an optional suffix such as `.json`. */
export type TemplateSegment =
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'parameter'; readonly name: string; readonly suffix: string };

/** A path template of a source. `hasRest`: everything below as well. */
export interface Template {
  readonly segments: readonly TemplateSegment[];
  readonly hasRest: boolean;
  /** True for the path with a slash at its end. */
  readonly hasSlash?: true;
}

const CONTEXT_SEGMENT = /^(?!\.{1,2}$)[A-Za-z0-9._~-]+$/;

/** Returns the leading literal segments that a context can contain. */
export const literalPrefix = ({ segments }: Template): readonly string[] => {
  const prefix: string[] = [];
  for (const segment of segments) {
    if (segment.kind === 'parameter' || !CONTEXT_SEGMENT.test(segment.text)) break;
    prefix.push(segment.text);
  }
  return prefix;
};

/** Writes a template as the gateway's file does, without its first segments. */
export const printTemplate = ({ segments, hasRest, hasSlash }: Template, skipped = 0): string => {
  const written = segments
    .slice(skipped)
    .map((segment) =>
      segment.kind === 'literal' ? segment.text.replace(/^:/, '%3A') : `:${segment.name}${segment.suffix}`,
    );
  return `/${[...written, ...(hasRest ? ['*'] : [])].join('/')}${hasSlash === true && written.length > 0 ? '/' : ''}`;
};

const coversSegment = (one: TemplateSegment, other: TemplateSegment): boolean => {
  if (one.kind === 'literal') return other.kind === 'literal' && one.text.toLowerCase() === other.text.toLowerCase();
  const text = other.kind === 'literal' ? other.text : other.suffix;
  return one.suffix === '' || (text.endsWith(one.suffix) && (other.kind === 'parameter' || text !== one.suffix));
};

/** Checks whether one template matches every path that another matches. */
export const covers = (one: Template, other: Template): boolean => {
  if (other.hasRest && !one.hasRest) return false;
  const isLong = one.hasRest
    ? other.segments.length > one.segments.length || (other.hasRest && other.segments.length === one.segments.length)
    : other.segments.length === one.segments.length;
  return isLong && one.segments.every((segment, index) => coversSegment(segment, other.segments[index] ?? segment));
};

const intersectSegments = (one: TemplateSegment, other: TemplateSegment): TemplateSegment | undefined => {
  if (coversSegment(one, other)) return other;
  return coversSegment(other, one) ? one : undefined;
};

/** Returns the template of the paths that both match, or `undefined`. */
export const intersection = (one: Template, other: Template): Template | undefined => {
  if (one.segments.length > other.segments.length) return intersection(other, one);
  if (one.segments.length < other.segments.length && !one.hasRest) return undefined;
  const segments: TemplateSegment[] = [];
  for (const [index, segment] of other.segments.entries()) {
    const parallel = one.segments[index];
    const common = parallel === undefined ? segment : intersectSegments(parallel, segment);
    if (common === undefined) return undefined;
    segments.push(common);
  }
  return { segments, hasRest: one.hasRest && other.hasRest };
};

/** Checks whether a template that ends in `/*` matches the paths of another one, with a slash at their end. */
export const coversSlash = (one: Template, other: Template): boolean =>
  one.hasRest &&
  !other.hasRest &&
  other.segments.length >= one.segments.length &&
  one.segments.every((segment, index) => coversSegment(segment, other.segments[index] ?? segment));
