import { isCanonicalTarget } from '../protocol/paths';
import type { Checks, Path } from './checks';

const CANONICAL_RULE =
  'is not canonical: no query, no empty or dot segments, no escapes that stand for themselves, the rest percent-encoded';

/** Names of parameters tell nothing apart, so that two of them may become one. */
const readSegment = (segment: string): string => {
  const name = /^\{([^{}]+)\}$/.exec(segment)?.[1];
  return name === undefined ? segment : `:${name.replace(/^(?=\d)|[^A-Za-z0-9_]/g, '_')}`;
};

/** A path of a document, such as `/orders/{id}`, as the template of a resource. */
export const readTemplate = (checks: Checks, written: string, path: Path): string | undefined => {
  if (!written.startsWith('/')) return checks.fault(path, 'must begin with a slash');
  const segments = written.slice(1).split('/');
  const colon = segments.find((segment) => segment.startsWith(':'));
  if (colon !== undefined) {
    const name = colon.slice(1);
    return checks.fault(path, `has "${colon}": write {${name}} for a parameter, %3A${name} for the text itself`);
  }
  const template = `/${segments.map(readSegment).join('/')}`;
  const partial = template.split('/').find((segment) => /[{}]/.test(segment));
  if (partial !== undefined) {
    const cure = 'make it one, as in /orders/{id}/lines, or list resources in place of the document';
    return checks.fault(path, `has "${partial}", and a parameter can only be a whole segment; ${cure}`);
  }
  return isCanonicalTarget(template) && !template.includes('?') ? template : checks.fault(path, CANONICAL_RULE);
};
