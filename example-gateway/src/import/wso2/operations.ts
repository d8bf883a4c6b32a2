import { isScopeName } from '../names';
import type { ImportReport } from '../report';
import type { SourceNode } from '../source-node';

/** An operation of an API, from any of the formats. */
export interface Operation {
  readonly node: SourceNode;
  readonly path: string;
  readonly method: string;
  readonly isPublic: boolean;
  /** One of these is enough. */
  readonly scopes: readonly string[];
  readonly policy: string;
}

const METHODS = new Set(['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace']);

const isNone = (authType: string | undefined): boolean => authType?.toLowerCase() === 'none';

/** Operations of `api.yaml` since version 3. */
const listed = (operations: readonly SourceNode[]): readonly Operation[] =>
  operations.flatMap((node) => {
    const operation = node.map();
    operation.ignore(
      'id',
      'usedProductIds',
      'amznResourceName',
      'amznResourceTimeout',
      'payloadSchema',
      'uriMapping',
      'operationPolicies',
    );
    const [path, method] = [
      operation.getOne('target', 'uritemplate').text(),
      operation.getOne('verb', 'httpVerb').text(),
    ];
    if (path === undefined || method === undefined) return operation.fault('must have target and verb') ?? [];
    return [
      {
        node: operation,
        path,
        method: method.toUpperCase(),
        isPublic: isNone(operation.get('authType').text()),
        scopes: operation.get('scopes').texts(),
        policy: operation.get('throttlingPolicy').text() ?? '',
      },
    ];
  });

/** `uriTemplates` of version 2 (a list, with parallel lists of methods) and of early versions 3 (a map). */
const uriTemplates = (templates: SourceNode): readonly Operation[] => {
  const nodes = Array.isArray(templates.value) ? templates.items() : templates.entries().map(([, node]) => node);
  return nodes.flatMap((node) => {
    const template = node.map();
    template.ignore(...template.keys());
    const path = template.get('uriTemplate').text() ?? template.fault('must have uriTemplate');
    const several = template.get('httpVerbs').items();
    const verbs = several.length > 0 ? several : [template.get('httpVerb')];
    const at = (many: string, one: string, index: number): SourceNode => {
      const items = template.get(many).items();
      return items[index] ?? template.get(one);
    };
    return verbs.flatMap((verb, index) => {
      const method = verb.text();
      if (path === undefined || method === undefined) return [];
      const scope = at('scopes', 'scope', index);
      const named = typeof scope.value === 'object' ? scope.peek('key').text() : scope.text();
      return [
        {
          node: template,
          path,
          method: method.toUpperCase(),
          isPublic: isNone(at('authTypes', 'authType', index).text()),
          scopes: named === undefined || named === '' ? [] : [named],
          policy: at('throttlingTiers', 'throttlingTier', index).text() ?? '',
        },
      ];
    });
  });
};

const scopesInDefinition = (operation: SourceNode): readonly string[] => {
  const extension = operation
    .get('x-scope')
    .texts()
    .flatMap((text) => text.split(/[\s,]+/));
  const security = operation
    .get('security')
    .items()
    .flatMap((item) => item.map().entries())
    .flatMap(([, scopes]) => scopes.texts());
  return [...new Set([...extension, ...security])].filter((scope) => scope !== '');
};

/** Operations of the OpenAPI definition, with the extensions of WSO2. */
const inDefinition = (definition: SourceNode): readonly Operation[] =>
  definition
    .get('paths')
    .entries()
    .flatMap(([path, item]) =>
      item
        .map()
        .entries()
        .filter(([method]) => METHODS.has(method.toLowerCase()))
        .map(([method, node]) => ({
          node: node.map(),
          path,
          method: method.toUpperCase(),
          isPublic: isNone(node.get('x-auth-type').text()),
          scopes: scopesInDefinition(node),
          policy: node.get('x-throttling-tier').text() ?? '',
        })),
    );

/** Reads the operations of an API: its own list, else those of its definition. */
export const readOperations = (api: SourceNode, definition: SourceNode | undefined): readonly Operation[] => {
  const operations = api.get('operations').items();
  if (operations.length > 0) return listed(operations);
  const templates = api.get('uriTemplates');
  if (templates.isPresent) return uriTemplates(templates);
  return definition === undefined ? [] : inDefinition(definition);
};

/** Keeps the operations whose scopes are possible here. The others could not be guarded, so they are left out. */
export const guardable = (operations: readonly Operation[], report: ImportReport): readonly Operation[] =>
  operations.filter(({ node, scopes }) => {
    if (scopes.every(isScopeName)) return true;
    report.gap(
      node,
      'A scope has a name that is not possible here',
      'The operation was left out. Choose another name for the scope',
    );
    return false;
  });
