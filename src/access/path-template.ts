import { isCanonicalTarget, withoutNeedlessEscapes } from '../protocol/paths';
import { foldSegment } from './folding';

/** A segment that a request must have. `text` is decoded; `spelling` is what routers and upstreams receive. */
export interface LiteralSegment {
  readonly kind: 'literal';
  readonly text: string;
  readonly spelling: string;
}

/** A segment with any non-empty text, before the suffix if there is one. `suffix` is spelled as in a request. */
export interface ParameterSegment {
  readonly kind: 'parameter';
  readonly name: string;
  readonly suffix: string;
}

export type Segment = LiteralSegment | ParameterSegment;

/** A path template such as `/orders/:id.json`, parsed. */
export interface PathTemplate {
  readonly segments: readonly Segment[];
  /** True if it ends in a slash. False for the root, which has no other form. */
  readonly hasSlash: boolean;
  /** True if it ends in `/*`, which matches everything below and the slash itself. */
  readonly hasRest: boolean;
}

/** A template, or the reason why the string is not one, as the end of an error message. */
export type ReadTemplate = { readonly template: PathTemplate } | { readonly problem: string };

const NOT_CANONICAL =
  'is not canonical: no query, no empty or dot segments, no escapes that stand for themselves, the rest percent-encoded';

const PARAMETER = /^:([A-Za-z_][A-Za-z0-9_]*)([^A-Za-z0-9_:][^:]*)?$/;

const decodedSuffix = (suffix: string): string => decodeURIComponent(suffix);

/** Unescapes colons: a template escapes one that would begin a parameter, but routers and clients write it raw. */
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
 * Reads a path template: literal segments, parameters (`:id`, `:id.json`), an optional trailing slash, or a trailing
 * `/*` for everything below. Otherwise paths are written as in a URL, in canonical form.
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
 * Returns the same string for all templates that a router may treat as the same: parameter names are left out, and so
 * are differences ignored by `foldSegment` or by a router that is not strict about a trailing slash.
 */
export const foldedTemplate = ({ segments, hasRest }: Pick<PathTemplate, 'segments' | 'hasRest'>): string =>
  ['', ...segments.map(foldedSegment), ...(hasRest ? ['*'] : [])].join('/');

/** Returns the same string for all templates that match the same requests. Parameter names are not compared. */
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
