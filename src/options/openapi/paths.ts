import { printTemplate, readPathTemplate } from '../../access/path-template';
import type { Checks, Path } from '../checks';

/** Converts a parameter name. Names are not compared, so `{order-id}` and `{order_id}` may become the same. */
const parameterName = (name: string): string => name.replace(/^(?=\d)|[^A-Za-z0-9_]/g, '_');

/** `{id}`, or `{id}` and a suffix that begins with a punctuation mark, such as `{id}.json`. */
const PARAMETER = /^\{([^{}]+)\}([^A-Za-z0-9_{}][^{}]*)?$/;

const readSegment = (segment: string): string => {
  const [, name, suffix = ''] = PARAMETER.exec(segment) ?? [];
  return name === undefined ? segment : `:${parameterName(name)}${suffix.replaceAll(':', '%3A')}`;
};

/** Reads a path of a document, such as `/orders/{id}`, as the template of a resource. */
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
    const cure = 'make it one, as in /orders/{id}/lines or /orders/{id}.json';
    return checks.fault(path, `has "${partial}": a parameter is a whole segment, or the beginning of one; ${cure}`);
  }
  const read = readPathTemplate(template);
  return 'problem' in read ? checks.fault(path, read.problem) : template;
};

/** Writes a template in the form of an OpenAPI document. */
export const printAsDocument = (...[template]: Parameters<typeof printTemplate>): string =>
  printTemplate(template)
    .replaceAll(/(?<=\/):([A-Za-z0-9_]+)/g, '{$1}')
    .replaceAll('%3A', ':');
