import type { Documentation } from '../../access/documentation';
import { isMethodName, METHOD_NAME_RULE } from '../../access/method-name';
import { Checks, type Fields, type Path } from '../checks';
import { OpenApiDocumentation } from './documentation';
import type { OperationSource } from './operations';
import { printAsDocument, readTemplate } from './paths';
import { isObject, ownField, resolveObject, type Located } from './references';
import { OpenApiSecurity, type OperationAccess } from './security';
import { checkOverlaps, type ResourcePlace } from '../resource-overlaps';
import type { Resource, ResourceAccess } from '../../access/resource';

export interface OpenApiResources {
  readonly resources: readonly Resource[];
  /** Operations without `security`, such as `GET /orders`. They require any live token. */
  readonly unsecured: readonly string[];
  readonly documentation: Documentation;
}

interface ReadOperation {
  readonly method: string;
  readonly operation: Located;
  /** `undefined` if it is faulty. */
  readonly access: OperationAccess | undefined;
}

const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace', 'query'];

/** Returns the document if its version is supported. */
const checkDocument = (checks: Checks, value: unknown, path: Path): Located | undefined => {
  if (!isObject(value)) return checks.fault(path, 'must be an OpenAPI document as an object; parse its text first');
  if (ownField(value, 'swagger') !== undefined) {
    return checks.fault(
      [...path, 'swagger'],
      'is a field of Swagger 2.0, which is not supported; convert the document to OpenAPI 3',
    );
  }
  const version = checks.required(
    ownField(value, 'openapi'),
    [...path, 'openapi'],
    /^3\.[0-2]\.\d+(?:-\S+)?$/,
    'the version of OpenAPI as a string: 3.0.x, 3.1.x or 3.2.x',
  );
  return version === undefined ? undefined : { value, path };
};

const readAccess = (checks: Checks, security: OpenApiSecurity, value: unknown, path: Path) => {
  if (!isObject(value)) return checks.fault(path, 'must be an object');
  if (ownField(value, '$ref') === undefined) return security.accessTo(value, path);
  return checks.fault([...path, '$ref'], 'is not allowed in an operation; put it in the path item, or write it out');
};

interface DeclaredOperation {
  readonly method: string;
  readonly value: unknown;
  readonly path: Path;
}

const readOperation = (
  checks: Checks,
  security: OpenApiSecurity,
  { method, value, path }: DeclaredOperation,
): ReadOperation => ({
  method,
  operation: { value: isObject(value) ? value : {}, path },
  access: readAccess(checks, security, value, path),
});

/** Reads the operations of a path item, including faulty ones. */
const readItem = (checks: Checks, security: OpenApiSecurity, { value, path }: Located): readonly ReadOperation[] => {
  for (const name of Object.keys(value)) {
    const lower = name.toLowerCase();
    if (name !== lower && METHODS.includes(lower)) checks.fault([...path, name], `is not known; write ${lower}`);
  }
  const additional = [...path, 'additionalOperations'];
  const more = checks.record(ownField(value, 'additionalOperations'), additional).map(([method, operation]) => {
    if (!isMethodName(method)) checks.fault([...additional, method], `must be ${METHOD_NAME_RULE}`);
    return readOperation(checks, security, { method, value: operation, path: [...additional, method] });
  });
  const fixed = METHODS.filter((name) => ownField(value, name) !== undefined).map((name) =>
    readOperation(checks, security, { method: name.toUpperCase(), value: value[name], path: [...path, name] }),
  );
  return [...fixed, ...more];
};

/** Reads the resources of an OpenAPI document: paths relative to the mount path, and the rules of their `security`. */
export const readOpenApi = (
  checks: Checks,
  value: unknown,
  path: Path,
  scopes: readonly string[],
): OpenApiResources => {
  const resources: Resource[] = [];
  const places: ResourcePlace[] = [];
  const unsecured: string[] = [];
  const sources: OperationSource[] = [];
  const documentation = new OpenApiDocumentation(value, sources);
  const document = checkDocument(checks, value, path);
  if (document === undefined) return { resources, unsecured, documentation };

  const paths = ownField(document.value, 'paths');
  const listed = isObject(paths) ? Object.entries(paths).filter(([name]) => !name.startsWith('x-')) : [];
  if (listed.length === 0) checks.fault(path, 'has no paths: paths that are not declared cannot be reached');

  const security = new OpenApiSecurity(checks, document, scopes);
  const items = new Map<Fields, readonly ReadOperation[]>(); // each is read once, however many paths refer to it
  for (const [written, declared] of listed) {
    const place = [...path, 'paths', written];
    const template = readTemplate(checks, written, place);
    const item = resolveObject(checks, document, declared, place);
    if (item === undefined) continue;
    const operations = items.get(item.value) ?? readItem(checks, security, item);
    items.set(item.value, operations);
    for (const { method, operation, access } of operations) {
      if (template === undefined || access === undefined) continue;
      if (access.kind === 'unsecured') unsecured.push(`${method} ${written}`);
      const rule: ResourceAccess = access.kind === 'unsecured' ? { kind: 'token' } : access;
      const resource: Resource = Object.freeze({ path: template, methods: [method], access: rule });
      resources.push(resource);
      sources.push({ resource, method, written, item, operation });
      places.push({ path: place, written });
    }
  }
  if (items.size > 0 && [...items.values()].every((operations) => operations.length === 0)) {
    checks.fault([...path, 'paths'], 'has no method at any path: methods that are not declared cannot be reached');
  }
  checkOverlaps(checks, resources, (index) => places[index] ?? { path, written: '' }, printAsDocument);
  return { resources, unsecured, documentation };
};

/** Reads a document that is not part of the options. @throws ConfigurationError naming every fault */
export const checkOpenApi = (document: unknown, scopes: readonly string[]): ReturnType<typeof readOpenApi> => {
  const checks = new Checks();
  const read = readOpenApi(checks, document, ['document'], scopes);
  checks.finish();
  return read;
};
