import { isCanonicalTarget, withoutNeedlessEscapes } from '../protocol/paths';
import { foldSegment } from './folding';

/** A segment that a request must have. `text` is decoded; `spelling` is how routers and upstreams see it. */
export interface LiteralSegment {
  readonly kind: 'literal';
  readonly text: string;
  readonly spelling: string;
}

/** A segment of any text that is not empty, before the suffix if there is one. `suffix` is as a request spells it. */
export interface ParameterSegment {
  readonly kind: 'parameter';
  readonly name: string;
  readonly suffix: string;
}

export type Segment = LiteralSegment | ParameterSegment;

/** A path template such as `/orders/:id.json`, taken apart. */
export interface PathTemplate {
  readonly segments: readonly Segment[];
  /** True if it ends in a slash. The root does not count: it has no other form. */
  readonly hasSlash: boolean;
  /** True if it ends in `/*`: everything below, and the slash itself. */
  readonly hasRest: boolean;
}

/** A template, or why the text is none, as the end of a message. */
export type ReadTemplate = { readonly template: PathTemplate } | { readonly problem: string };

const NOT_CANONICAL =
  'is not canonical: no query, no empty or dot segments, no escapes that stand for themselves, the rest percent-encoded';

const PARAMETER = /^:([A-Za-z_][A-Za-z0-9_]*)([^A-Za-z0-9_:][^:]*)?$/;

const decodedSuffix = (suffix: string): string => decodeURIComponent(suffix);

/** A colon is escaped in a template where it would begin a parameter. Routers and clients write it raw. */
const spellingOf = (written: string): string => written.replaceAll(/%3A/gi, ':');

const problemOf = (segment: string): string | undefined => {
  if (/[{}]/.test(segment)) {
    const name = /^\{([A-Za-z_][A-Za-z0-9_]*)\}/.exec(segment)?.[1] ?? 'name';
    return `has "${segment}": write :${name} for a parameter`;
  }
  if (segment.includes('*')) {
    return `has "${segment}": a * stands for everything below, alone in the last segment; write %2A for the character`;
  }
  if (!segment.startsWith(':')) return undefined;
  const suffix = PARAMETER.exec(segment)?.[2];
  if (PARAMETER.test(segment) && (suffix === undefined || foldSegment(decodedSuffix(suffix)) !== '')) return undefined;
  return (
    `has "${segment}": a parameter is a whole segment, or has a suffix that begins with a punctuation mark, ` +
    'such as :id.json; write %3A for a colon'
  );
};

const readSegment = (written: string): Segment => {
  const [, name, suffix = ''] = PARAMETER.exec(written) ?? [];
  if (name !== undefined) return { kind: 'parameter', name, suffix: spellingOf(suffix) };
  return { kind: 'literal', text: decodeURIComponent(written), spelling: spellingOf(written) };
};

/**
 * Reads a path template: literal segments, parameters (`:id`, `:id.json`), an optional slash at the end, or `/*` at the
 * end for everything below. Paths are otherwise written as in a URL, in canonical form.
 */
export const readPathTemplate = (path: string): ReadTemplate => {
  if (!path.startsWith('/')) return { problem: 'must begin with a slash' };
  const hasRest = path.endsWith('/*');
  const plain = withoutNeedlessEscapes(hasRest ? path.slice(0, -1) : path);
  if (/[?#]/.test(plain) || !isCanonicalTarget(plain.replaceAll(/[{}]/g, ''))) return { problem: NOT_CANONICAL };
  const hasSlash = !hasRest && plain !== '/' && plain.endsWith('/');
  const segments = plain.split('/').filter((segment) => segment !== '');
  const [problem] = segments.map(problemOf).filter((found) => found !== undefined);
  if (problem !== undefined) return { problem };
  return { template: { segments: segments.map(readSegment), hasSlash, hasRest } };
};

/** Reads a template that was checked when it was declared. */
export const parsePathTemplate = (path: string): PathTemplate => {
  const read = readPathTemplate(path);
  if ('problem' in read) throw new TypeError(`the path template ${path} ${read.problem}`);
  return read.template;
};

/** Reads the values of a template's parameters, decoded and without suffixes, from a canonical path that it matches. */
export const parametersOf = ({ segments }: PathTemplate, path: string): Readonly<Record<string, string>> => {
  const written = path.slice(1).split('/');
  const values = segments.flatMap((segment, index) => {
    if (segment.kind === 'literal') return [];
    const text = written[index] ?? '';
    return [[segment.name, decodeURIComponent(text.slice(0, text.length - segment.suffix.length))] as const];
  });
  return Object.fromEntries(values);
};

const foldedSegment = (segment: Segment): string =>
  segment.kind === 'literal' ? `=${foldSegment(segment.text)}` : `:${foldSegment(decodedSuffix(segment.suffix))}`;

/**
 * One text for all templates that a router may take for the same: names of parameters, and differences that
 * `foldSegment` or a router that is not strict about a slash at the end ignores, are left out.
 */
export const foldedTemplate = ({ segments, hasRest }: Pick<PathTemplate, 'segments' | 'hasRest'>): string =>
  ['', ...segments.map(foldedSegment), ...(hasRest ? ['*'] : [])].join('/');

/** One text for all templates that match the same requests: names of parameters are left out. */
export const templateKey = ({ segments, hasSlash, hasRest }: PathTemplate): string => {
  const keys = segments.map((segment) =>
    segment.kind === 'literal' ? `=${encodeURIComponent(segment.text)}` : `:${segment.suffix}`,
  );
  return ['', ...keys, ...(hasRest ? ['*'] : []), ...(hasSlash ? [''] : [])].join('/');
};

/** Writes a template as it is declared in a list of resources. */
export const printTemplate = ({ segments, hasSlash, hasRest }: PathTemplate): string => {
  const written = segments.map((segment) =>
    segment.kind === 'literal'
      ? segment.spelling.replace(/^:/, '%3A')
      : `:${segment.name}${segment.suffix.replaceAll(':', '%3A')}`,
  );
  return `/${[...written, ...(hasRest ? ['*'] : [])].join('/')}${hasSlash ? '/' : ''}`;
};
