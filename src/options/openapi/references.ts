import type { Checks, Fields, Path } from '../checks';

/** An object of a document, and its path in the options. */
export interface Located {
  readonly value: Fields;
  readonly path: Path;
}

/** Maximum number of chained references: more than any document needs; ends a cycle. */
const MAX_REFERENCES = 32;

/** Keys that may appear beside `$ref` without ambiguity. */
const BESIDE_REFERENCE = /^(?:\$ref|summary|description|servers|parameters|x-.*)$/s;

const REFERENCE_RULE = 'must be a reference within the document, such as #/components/pathItems/orders';

/** Documents whose references to other documents have been reported: one command fixes all of them. */
const reported = new WeakSet<Located>();

export const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Reads an own field of an object. Inherited properties are not part of the document. */
export const ownField = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, name) ? (value as Fields)[name] : undefined;

/** Returns the steps of a JSON Pointer in a fragment (RFC 6901 §6); `undefined` for anything else. */
export const stepsOf = (reference: unknown): readonly string[] | undefined => {
  if (typeof reference !== 'string' || !reference.startsWith('#/')) return undefined;
  try {
    const steps = decodeURIComponent(reference.slice(2)).split('/');
    return steps.map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
  } catch {
    return undefined;
  }
};

const isExternal = (reference: unknown): boolean =>
  typeof reference === 'string' && reference !== '' && !reference.startsWith('#');

/** Counts the references of a document that lead out of it. A dereferenced document may contain itself. */
const countExternal = (root: unknown): number => {
  const pending = [root];
  const seen = new Set<unknown>();
  let count = 0;
  for (let value = pending.pop(); value !== undefined; value = pending.pop()) {
    if (typeof value !== 'object' || value === null || seen.has(value)) continue;
    seen.add(value);
    if (isExternal(ownField(value, '$ref'))) count += 1;
    pending.push(...Object.values(value).filter((field: unknown) => typeof field === 'object' && field !== null));
  }
  return count;
};

/** Reports references that lead out of the document, once for all of them. */
const refuseExternal = (checks: Checks, document: Located, place: Path): undefined => {
  if (reported.has(document)) return;
  reported.add(document);
  const count = countExternal(document.value);
  const others = count > 1 ? `, as ${count} references in it do` : '';
  checks.fault(
    place,
    `refers to another document${others}; bundle it into one file first, for example with npx @redocly/cli bundle openapi.yaml -o bundled.yaml`,
  );
};

/** Returns the object itself, or the one that its `$ref` leads to, with the path of the returned object. */
export const resolveObject = (
  checks: Checks,
  document: Located,
  value: unknown,
  path: Path,
  references = 0,
): Located | undefined => {
  if (!isObject(value)) return checks.fault(path, 'must be an object');
  const reference = ownField(value, '$ref');
  if (reference === undefined) return { value, path };
  const place = [...path, '$ref'];
  if (references === MAX_REFERENCES)
    return checks.fault(place, 'is part of a cycle, or of a chain of too many references');
  if (isExternal(reference)) return refuseExternal(checks, document, place);
  const beside = Object.keys(value).find((name) => !BESIDE_REFERENCE.test(name));
  if (beside !== undefined) {
    return checks.fault(
      [...path, beside],
      'is beside $ref, so its meaning is ambiguous; move it to the object that $ref refers to',
    );
  }
  const steps = stepsOf(reference);
  if (steps === undefined) return checks.fault(place, REFERENCE_RULE);
  const target = steps.reduce<unknown>(ownField, document.value);
  if (!isObject(target)) return checks.fault(place, 'refers to nothing in the document; correct it');
  return resolveObject(checks, document, target, [...document.path, ...steps], references + 1);
};
