import type { Faults, Path } from './fault';
import { isMap } from './fields';
import { convertText } from './key-kinds';

export type Environment = Readonly<Record<string, string | undefined>>;

const reference = /\$\{([^}]*)\}/g;
const variableName = /^[A-Za-z_][A-Za-z0-9_]*$/;

/**
 * Returns the value with each `${NAME}` replaced by the environment variable's text. That text is not searched for
 * references. A value that aliases use in several places is converted to the kind of each place.
 */
export const resolveReferences = (
  value: unknown,
  environment: Environment,
  faults: Faults,
  path: Path = [],
): unknown => {
  if (Array.isArray(value)) {
    return value.map((item, index) => resolveReferences(item, environment, faults, [...path, index]));
  }
  if (isMap(value)) {
    const entries = Object.entries(value).map(([key, field]): [string, unknown] => [
      key,
      resolveReferences(field, environment, faults, [...path, key]),
    ]);
    return Object.fromEntries(entries);
  }
  if (typeof value !== 'string' || !value.includes('${')) return value;
  const resolved = value.replace(reference, (_, name: string) => {
    if (!variableName.test(name)) {
      // Not quoted: the text between the braces may be a default value, and so a secret.
      faults.addReference(
        path,
        'has a reference that is not of the form ${NAME}, such as ${PASSWORD}; defaults are not supported',
      );
      return '';
    }
    const text = environment[name];
    if (text === undefined) faults.addReference(path, `needs the environment variable ${name}, which is not set`);
    return text ?? '';
  });
  return /^\$\{[^}]*\}$/.test(value) ? convertText(resolved, path) : resolved;
};
