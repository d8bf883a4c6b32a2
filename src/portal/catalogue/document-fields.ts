/** Fields whose keys are names, so that a key may begin with x- there. */
export const MAPS: ReadonlySet<string> = new Set([
  'properties',
  'patternProperties',
  'dependentSchemas',
  '$defs',
  'definitions',
  'headers',
  'content',
  'encoding',
  'variables',
  'mapping',
  'scopes',
  'schemas',
  'parameters',
  'requestBodies',
  'securitySchemes',
  'links',
  'pathItems',
  'callbacks',
  'mediaTypes',
  'additionalOperations',
  'dependentRequired',
]);

/** Fields whose values may be the address of another document. */
export const REFERENCES: ReadonlySet<string> = new Set(['externalValue', 'operationRef']);

/** Fields whose values are data. */
export const DATA: ReadonlySet<string> = new Set(['example', 'default', 'const', 'enum', 'value', 'dataValue']);

/** Checks whether a value of `mapping` is the name of a schema, or a reference within the document. */
export const isOwnReference = (value: unknown): boolean =>
  typeof value === 'string' && /^(?:#.*|[\w.-]+)$/s.test(value);
