import type { Fields, Path } from '../checks';
import type { DocumentReader } from './document-reader';
import { isObject, ownField } from './references';
import { printJson } from './values';

const MAX_VALUES = 50;

const LIMITS = [
  'minimum',
  'exclusiveMinimum',
  'maximum',
  'exclusiveMaximum',
  'multipleOf',
  'minLength',
  'maxLength',
  'pattern',
  'minItems',
  'maxItems',
  'uniqueItems',
  'minProperties',
  'maxProperties',
] as const;

/** Returns the type of a schema, with its format: `string | null`, `string (date)`. Empty if none is given. */
export const typeOf = (fields: Fields): string => {
  const declared = ownField(fields, 'type');
  const listed = (Array.isArray(declared) ? declared.slice(0, 7) : [declared]).filter(
    (name): name is string => typeof name === 'string' && /^[a-z]{1,20}$/.test(name),
  );
  const implied = isObject(ownField(fields, 'properties')) ? ['object'] : [];
  const names = listed.length > 0 ? listed : implied;
  const nullable = ownField(fields, 'nullable') === true && !names.includes('null') ? ['null'] : [];
  const format = ownField(fields, 'format');
  const kind = [...names, ...nullable].join(' | ');
  return typeof format === 'string' && /^[\w.-]{1,40}$/.test(format) ? `${kind} (${format})`.trim() : kind;
};

/** Returns the limits of a schema as they are written in it: `minLength 1`. */
export const limitsOf = (fields: Fields, reader: DocumentReader): readonly string[] =>
  LIMITS.flatMap((name) => {
    const value = ownField(fields, name);
    const printed = typeof value === 'string' ? reader.line(value, [name]) : printJson(value, 0);
    return printed === undefined ? [] : [`${name} ${printed}`];
  });

/** Returns the values that a schema allows, as JSON, if it lists them. At most `MAX_VALUES`. */
export const valuesOf = (fields: Fields, place: Path, reader: DocumentReader): readonly string[] => {
  const constant = ownField(fields, 'const');
  const values =
    constant === undefined ? reader.items(ownField(fields, 'enum'), [...place, 'enum'], MAX_VALUES) : [constant];
  return values.map((value) => printJson(value, 0)).filter((printed) => printed !== undefined);
};
