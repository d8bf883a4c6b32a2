import type { Template, TemplateSegment } from '../template';

export type ReadTemplate = { readonly template: Template } | { readonly problem: string };

const PARAMETER = /^\{([^{}]+)\}((?:[.~,;!$&'=@-][^{}*]*)?)$/;

const nameOf = (written: string): string => {
  const name = written.replace(/[^A-Za-z0-9_]+/g, '_');
  return /^[A-Za-z_]/.test(name) ? name : `p${name}`;
};

/** Reads a path of a definition: `/order/{orderId}`, `/*`. */
export const readPath = (path: string): ReadTemplate => {
  const [written = ''] = path.split('?');
  const parts = written.replace(/^\/|\/$/g, '').split('/');
  if (path.length > 1_000) return { problem: 'is too long' };
  if (written === '' || written === '/') return { template: { segments: [], hasRest: false } };
  const segments: TemplateSegment[] = [];
  for (const [index, text] of parts.entries()) {
    if (text === '*' && index === parts.length - 1) return { template: { segments, hasRest: true } };
    const [, name, suffix = ''] = PARAMETER.exec(text) ?? [];
    if (name !== undefined) segments.push({ kind: 'parameter', name: nameOf(name), suffix });
    else if (text === '' || text === '.' || text === '..' || /[{}*\\\s#%]/.test(text)) {
      return { problem: `has "${text}", which resources cannot have` };
    } else segments.push({ kind: 'literal', text });
  }
  return { template: { segments, hasRest: false } };
};
