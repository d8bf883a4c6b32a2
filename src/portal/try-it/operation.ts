import type { Api } from '../../access/api';
import type { Operation, ParameterPlace } from '../../access/operation';
import { parsePathTemplate } from '../../access/path-template';
import type { Resource } from '../../access/resource';

/** A parameter that the form of Try it has a field for. */
export interface TriedParameter {
  readonly name: string;
  readonly isRequired: boolean;
  /** The value that its field begins with if it is required; otherwise a hint. */
  readonly example: string;
}

/** One method of a resource, as the script of Try it needs it. */
export interface TriedOperation {
  readonly method: string;
  /** Path template below the origin, such as `/orders/:id`. */
  readonly path: string;
  /** Values of the template's parameters, by name. A parameter without one begins with `1`. */
  readonly pathExamples: Readonly<Record<string, string>>;
  readonly query: readonly TriedParameter[];
  readonly headers: readonly TriedParameter[];
  /** Absent if the method usually has no body, and none is documented. */
  readonly body?: { readonly mediaType: string; readonly example: string };
}

/** An operation with what the page itself shows about it. */
export interface ListedOperation {
  readonly operation: TriedOperation;
  readonly resource: Resource;
  readonly summary: string | undefined;
}

const JSON_TYPE = 'application/json';

const WITHOUT_BODY: ReadonlySet<string> = new Set(['GET', 'HEAD', 'DELETE', 'OPTIONS']);

/** Returns the path of a resource below the origin. */
export const pathOf = ({ context }: Pick<Api, 'context'>, path: string): string => context + (path === '/' ? '' : path);

/** Returns the examples of a template's parameters. The document may spell their names in another way, in the same order. */
const pathExamplesOf = ({ resource, parameters }: Operation): Readonly<Record<string, string>> => {
  const documented = parameters.filter((parameter) => parameter.in === 'path');
  const { segments } = parsePathTemplate(resource.path);
  const names = segments.flatMap((segment) => (segment.kind === 'parameter' ? [segment.name] : []));
  const examples = names.map((name, index) => [name, documented[index]?.example] as const);
  return Object.fromEntries(examples.filter(([, example]) => example !== undefined)) as Record<string, string>;
};

const parametersIn = ({ parameters }: Operation, place: ParameterPlace): readonly TriedParameter[] =>
  parameters
    .filter((parameter) => parameter.in === place)
    .map(({ name, isRequired, example = '' }) => ({ name, isRequired, example }));

/** Returns the body that the form begins with: the documented one, JSON if there are several. */
const bodyOf = ({ method, body }: Operation): Pick<TriedOperation, 'body'> => {
  if (body === undefined) return WITHOUT_BODY.has(method) ? {} : { body: { mediaType: JSON_TYPE, example: '{}' } };
  const content = body.contents.find(({ mediaType }) => mediaType === JSON_TYPE) ?? body.contents[0];
  const { mediaType, example } = content ?? { mediaType: JSON_TYPE };
  return { body: { mediaType, example: example ?? (mediaType === JSON_TYPE ? '{}' : '') } };
};

/** Returns the operations of an API in the order of its declaration. */
export const listOperations = (api: Pick<Api, 'context' | 'documentation'>): readonly ListedOperation[] =>
  api.documentation.operations.map((documented) => ({
    resource: documented.resource,
    summary: documented.summary,
    operation: {
      method: documented.method,
      path: pathOf(api, documented.resource.path),
      pathExamples: pathExamplesOf(documented),
      query: parametersIn(documented, 'query'),
      headers: parametersIn(documented, 'header'),
      ...bodyOf(documented),
    },
  }));

/** Finds an operation by its method and its path below the origin, or else below the context of the API. */
export const findOperation = (api: Api, method: string, path: string): ListedOperation | undefined => {
  const sameMethod = listOperations(api).filter(({ operation }) => operation.method === method);
  return (
    sameMethod.find(({ operation }) => operation.path === path) ??
    sameMethod.find(({ resource }) => resource.path === path)
  );
};

/** Returns the operation that is the safest to try first: a GET, if possible without parameters and not public. */
export const firstOperation = (api: Api): ListedOperation | undefined => {
  const risk = ({ operation, resource }: ListedOperation): number =>
    (operation.method === 'GET' ? 0 : 4) +
    (/[:*]/.test(operation.path) ? 2 : 0) +
    (resource.access.kind === 'public' ? 1 : 0);
  return [...listOperations(api)].sort((one, other) => risk(one) - risk(other))[0];
};
