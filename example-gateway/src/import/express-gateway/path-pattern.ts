import type { Template, TemplateSegment } from '../template';

/** The templates that a path pattern of Express 4 is written as, with the differences; or why there are none. */
export type ReadPattern =
  { readonly templates: readonly Template[]; readonly differences: readonly string[] } | { readonly problem: string };

const PARAMETER = /^:([A-Za-z0-9_]+)([?*]?)((?:[.~,;!$&'=@-][^:*?+()[\]]*)?)$/;
const LITERAL = /^[^:*?+()[\]{}\\^|%\s?#]+$/;

const parameter = (name: string, suffix = ''): TemplateSegment => ({
  kind: 'parameter',
  name: /^\d/.test(name) ? `p${name}` : name,
  suffix,
});

const problemOf = (written: string): string =>
  `has "${written}", a pattern inside a segment, which resources do not have`;

/** Reads one path of `paths`: `/orders/:id`, `/orders/*`, `/orders/:id?`. */
export const readPathPattern = (path: string): ReadPattern => {
  if (path === '*' || path === '/*') return { templates: [{ segments: [], hasRest: true }], differences: [] };
  if (!path.startsWith('/') || path.length > 1_000) return { problem: 'is not a path that begins with a slash' };
  const written = path.replace(/\/$/, '').split('/').slice(1);
  const segments: TemplateSegment[] = [];
  const differences: string[] = [];
  for (const [index, text] of written.entries()) {
    const isLast = index === written.length - 1;
    if (text === '' || text === '.' || text === '..') return { problem: 'has an empty segment or a dot segment' };
    if (text === '*' && isLast) return { templates: [{ segments, hasRest: true }], differences };
    if (text === '*') {
      differences.push('A * that is not at the end matches one segment here');
      segments.push(parameter(`any${index}`));
      continue;
    }
    const [, name, modifier, suffix = ''] = PARAMETER.exec(text) ?? [];
    if (name !== undefined && modifier === '') {
      segments.push(parameter(name, suffix));
      continue;
    }
    if (name !== undefined && isLast && suffix === '') {
      const above = { segments: [...segments], hasRest: false };
      const below =
        modifier === '*' ? { segments, hasRest: true } : { segments: [...segments, parameter(name)], hasRest: false };
      return { templates: [above, below], differences };
    }
    const stem = isLast && text.endsWith('*') ? text.slice(0, -1) : text;
    if (!LITERAL.test(stem)) return { problem: problemOf(text) };
    segments.push({ kind: 'literal', text: stem });
    if (stem === text) continue;
    differences.push(`Only ${stem} and the paths below it are reached here, not other names that begin with ${stem}`);
    return {
      templates: [
        { segments, hasRest: false },
        { segments, hasRest: true },
      ],
      differences,
    };
  }
  return { templates: [{ segments, hasRest: false }], differences };
};
