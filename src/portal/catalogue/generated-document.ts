import { scopesOfApi, type Api } from '../../access/api';
import type { Operation } from '../../access/operation';
import type { Requirement } from '../../access/requirement';
import type { PortalServices } from '../services';
import type { PublicAddresses } from './published-document';

const SCHEME = 'oauth2';

type Alternatives = readonly (readonly string[])[];

/** Maximum number of alternatives of a rule. Beyond it the rule is described by its scopes alone. */
const MAX_ALTERNATIVES = 100;

/** Returns a rule as alternatives, each a list of scopes that are all required: the form of `security`. */
const alternativesOf = (requirement: Requirement): Alternatives => {
  if (typeof requirement === 'string') return [[requirement]];
  if ('anyOf' in requirement) return requirement.anyOf.flatMap(alternativesOf).slice(0, MAX_ALTERNATIVES);
  return requirement.allOf
    .map(alternativesOf)
    .reduce<Alternatives>(
      (all, part) =>
        all.flatMap((one) => part.map((other) => [...new Set([...one, ...other])])).slice(0, MAX_ALTERNATIVES),
      [[]],
    );
};

const securityOf = ({ access }: Operation['resource']): readonly object[] => {
  if (access.kind === 'public') return [];
  return access.kind === 'token'
    ? [{ [SCHEME]: [] }]
    : alternativesOf(access.requirement).map((scopes) => ({ [SCHEME]: scopes }));
};

const refusal = (description: string) => ({
  description,
  content: {
    'application/json': {
      schema: {
        type: 'object',
        properties: { error: { type: 'string' }, error_description: { type: 'string' } },
      },
    },
  },
});

const operationOf = (operation: Operation): object => {
  const { summary, description, parameters, resource } = operation;
  const isPublic = resource.access.kind === 'public';
  return {
    ...(summary === undefined ? {} : { summary }),
    ...(description === undefined ? {} : { description }),
    ...(parameters.length === 0
      ? {}
      : {
          parameters: parameters.map(({ name, in: place, isRequired }) => ({
            name,
            in: place,
            required: isRequired,
            schema: { type: 'string' },
          })),
        }),
    security: securityOf(resource),
    responses: {
      default: { description: 'The response of the API' },
      ...(isPublic
        ? {}
        : {
            401: refusal('The access token is missing, expired or revoked'),
            403: refusal('The token lacks a scope, or its application is not subscribed'),
            503: refusal('The token cannot be checked at the moment'),
          }),
    },
  };
};

/** Methods that a path item of OpenAPI 3.1 has a field for. */
const METHODS: ReadonlySet<string> = new Set(['GET', 'PUT', 'POST', 'DELETE', 'OPTIONS', 'HEAD', 'PATCH', 'TRACE']);

const pathsOf = (operations: readonly Operation[]): Readonly<Record<string, object>> => {
  const paths = new Map<string, Map<string, object>>();
  for (const operation of operations) {
    const { path, method } = operation;
    if (!METHODS.has(method)) continue;
    const item = paths.get(path) ?? new Map<string, object>();
    item.set(method.toLowerCase(), operationOf(operation));
    paths.set(path, item);
  }
  return Object.fromEntries([...paths].map(([path, item]) => [path, Object.fromEntries(item)] as const));
};

const flowsOf = ({ tokenUrl, authorizeUrl }: PublicAddresses, scopes: Readonly<Record<string, string>>): object => ({
  ...(tokenUrl === undefined ? {} : { clientCredentials: { tokenUrl, scopes } }),
  ...(tokenUrl === undefined || authorizeUrl === undefined
    ? {}
    : { authorizationCode: { authorizationUrl: authorizeUrl, tokenUrl, scopes } }),
});

/** Generates the OpenAPI document of an API that is declared as a list of resources. */
export const generateDocument = (
  api: Api,
  addresses: PublicAddresses,
  { rules }: Pick<PortalServices, 'rules'>,
): object => {
  const { title, version, description, documentation, tags } = api;
  const scopes = Object.fromEntries(scopesOfApi(api).map((scope) => [scope, rules.describe(scope) ?? ''] as const));
  return {
    openapi: '3.1.0',
    info: { title, version: version ?? '1', ...(description === undefined ? {} : { description }) },
    servers: [{ url: addresses.baseUrl }],
    ...(tags.length === 0 ? {} : { tags: tags.map((name) => ({ name })) }),
    paths: pathsOf(documentation.operations),
    components: { securitySchemes: { [SCHEME]: { type: 'oauth2', flows: flowsOf(addresses, scopes) } } },
  };
};
