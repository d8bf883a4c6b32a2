import type { Documentation } from '../access/documentation';
import type { Operation, Parameter } from '../access/operation';
import { parsePathTemplate } from '../access/path-template';
import type { Resource } from '../access/resource';
import { printAsDocument } from './openapi/paths';

const parametersOf = (path: string): readonly Parameter[] =>
  parsePathTemplate(path).segments.flatMap((segment): readonly Parameter[] =>
    segment.kind === 'parameter' ? [{ name: segment.name, in: 'path', isRequired: true, isDeprecated: false }] : [],
  );

const operationsOf = (resource: Resource): readonly Operation[] => {
  const { path, methods, summary, description } = resource;
  const parameters = parametersOf(path);
  return methods.map((method) => ({
    method,
    path: printAsDocument(parsePathTemplate(path)),
    resource,
    ...(summary === undefined ? {} : { summary }),
    ...(description === undefined ? {} : { description }),
    tags: [],
    isDeprecated: false,
    parameters,
    responses: [],
  }));
};

/** Documents resources that the options list: what their `summary` and `description` say, and their paths. */
export const documentResources = (resources: readonly Resource[]): Documentation => ({
  info: { tags: [] },
  operations: resources.flatMap(operationsOf),
  problems: [],
  document: undefined,
});
