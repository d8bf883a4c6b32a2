import { isPair, isScalar, isSeq, visit, type Document } from 'yaml';
import { printPath, type Faults, type Path } from './fault';

export type Environment = Readonly<Record<string, string | undefined>>;

const reference = /\$\{([^}]*)\}/g;
const variableName = /^[A-Za-z_][A-Za-z0-9_]*$/;

const TEXT_SECTIONS = new Set<unknown>(['issuer', 'redis', 'scopes', 'apis', 'organizations', 'users', 'applications']);

const TEXT_KEYS = new Set(['portal.path', 'portal.title']);

// What takes true or false there, by section and depth: a scope may be called `public`.
const SWITCHES: readonly (readonly [section: string, depth: number, key: string])[] = [
  ['scopes', 3, 'recheckRoles'],
  ['apis', 5, 'public'],
  ['applications', 3, 'introspect'],
];

const isSwitch = (path: Path): boolean =>
  SWITCHES.some(([section, depth, key]) => path[0] === section && path.length === depth && path.at(-1) === key);

/** Whether a key takes text only, so that a password of digits from the environment stays a text. */
export const takesText = (path: Path): boolean =>
  TEXT_KEYS.has(printPath(path)) || (TEXT_SECTIONS.has(path[0]) && !isSwitch(path));

/** A text from the environment as the key needs it: a variable cannot say whether it is a number. */
const typed = (text: string, path: Path): string | number | boolean => {
  if (takesText(path)) return text;
  if (text === 'true' || text === 'false') return text === 'true';
  return /^\d{1,15}$/.test(text) ? Number(text) : text;
};

const pathOf = (ancestors: readonly unknown[], node: unknown): Path =>
  ancestors.flatMap((ancestor, index): Path => {
    if (isPair(ancestor)) return [String(isScalar(ancestor.key) ? ancestor.key.value : ancestor.key)];
    return isSeq(ancestor) ? [ancestor.items.indexOf(ancestors[index + 1] ?? node)] : [];
  });

/** Puts the environment's values in the place of `${NAME}`, once: what a variable holds is not looked at again. */
export const resolveReferences = (document: Document, environment: Environment, faults: Faults): void => {
  visit(document, {
    Scalar(position, scalar, ancestors) {
      const text = scalar.value;
      if (position === 'key' || typeof text !== 'string' || !text.includes('${')) return;
      const path = pathOf(ancestors, scalar);
      const resolved = text.replace(reference, (written, name: string) => {
        if (!variableName.test(name)) {
          faults.add(path, `has ${written}; a variable is written \${NAME}, and a default cannot be given`);
          return '';
        }
        const value = environment[name];
        if (value === undefined) faults.add(path, `needs the environment variable ${name}, which is not set`);
        return value ?? '';
      });
      scalar.value = /^\$\{[^}]*\}$/.test(text) ? typed(resolved, path) : resolved;
    },
  });
};
