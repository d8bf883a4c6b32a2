import type { ConfigurationError } from 'scopegate';
import { Checks } from '../../../src/options/checks';
import { readOpenApi, type OpenApiResources } from '../../../src/options/openapi/openapi';
import { thrownBy } from '../../support/expect/thrown';

/** Security schemes of every kind, as documents have them. */
export const securitySchemes = {
  oauth: { type: 'oauth2', flows: { password: { tokenUrl: '/token', scopes: { read: 'See', update: 'Change' } } } },
  second: { type: 'oauth2', flows: {} },
  bearer: { type: 'http', scheme: 'bearer' },
  shouting: { type: 'http', scheme: 'BEARER', bearerFormat: 'opaque' },
  basic: { type: 'http', scheme: 'Basic' },
  digest: { type: 'http', scheme: 'digest' },
  key: { type: 'apiKey', in: 'header', name: 'X-Key' },
  oidc: { type: 'openIdConnect', openIdConnectUrl: 'https://example.com/.well-known/openid-configuration' },
  mtls: { type: 'mutualTLS' },
};

/** An OpenAPI document with these paths. */
export const documentOf = (paths: object, more: object = {}): object => ({
  openapi: '3.1.0',
  info: { title: 'Orders', version: '1.0.0' },
  components: { securitySchemes },
  paths,
  ...more,
});

/** An operation with this `security`, and what else operations have. */
export const secured = (...security: readonly unknown[]): object => ({
  operationId: 'anything',
  security,
  responses: { 200: { description: 'OK' } },
});

type Fault = ConfigurationError['faults'][number];

export interface Reading extends OpenApiResources {
  readonly faults: readonly Fault[];
}

export const read = (document: unknown, scopes: readonly string[] = ['read', 'update', 'admin']): Reading => {
  const checks = new Checks();
  const found = readOpenApi(checks, document, ['document'], scopes);
  const thrown = thrownBy(() => checks.finish());
  return { ...found, faults: thrown === undefined ? [] : (thrown as ConfigurationError).faults };
};

/** The rules of a valid document, a line for each operation. */
export const rulesOf = (document: unknown) => {
  const { resources, faults } = read(document);
  expect(faults).toEqual([]);
  return resources.map(({ path, methods, access }) => [
    `${methods.join(' ')} ${path}`,
    access.kind === 'scopes' ? access.requirement : access.kind,
  ]);
};

/** The faults of a document, a line for each. */
export const faultsOf = (document: unknown, scopes?: readonly string[]): readonly string[] => {
  const { faults } = read(document, scopes);
  return faults.map(({ path, problem }) => `${path.slice(1).join(' ')}: ${problem}`);
};
