import {
  ENDPOINT_NAMES,
  ENDPOINTS,
  PATH_ENDPOINTS,
  WELL_KNOWN_ENDPOINTS,
  type EndpointName,
  type EndpointPaths,
} from '../protocol/endpoints';
import { isCanonicalTarget } from '../protocol/paths';
import { wellKnownPath, type IssuerAddress } from '../protocol/metadata';
import type { Api } from '../access/api';
import type { Checks } from './checks';

/** Returns the paths of metadata that are mounted below the same root as the endpoints. */
const metadataPaths = (paths: EndpointPaths, apis: readonly Pick<Api, 'context'>[]): readonly string[] => [
  ...(paths.authorizationServerMetadata ? [wellKnownPath('oauth-authorization-server', '')] : []),
  ...(paths.protectedResourceMetadata
    ? ['', ...apis.map(({ context }) => context)].map((path) => wellKnownPath('oauth-protected-resource', path))
    : []),
];

/** Reads the value for one endpoint: its path, or whether it is mounted if an RFC defines its path. */
const checkPath = (checks: Checks, value: unknown, name: EndpointName): string | boolean => {
  if (value === false) return false;
  const endpoint = ENDPOINTS[name];
  if (endpoint.kind !== 'well-known') {
    const rule = 'a path such as /token, or false to leave it out';
    return checks.text(value, ['paths', name], /^(?:\/[A-Za-z0-9._~-]+)+$/, rule) ?? endpoint.path;
  }
  if (value !== undefined) {
    checks.fault(['paths', name], 'may only be false, to leave it out: where it is, its standard says');
  }
  return true;
};

/** Reports paths with dot segments, and paths that two endpoints share. */
const refuseCollisions = (checks: Checks, paths: EndpointPaths, taken: readonly string[]): void => {
  const seen = new Set(taken);
  for (const name of PATH_ENDPOINTS) {
    const path = paths[name];
    if (path === false) continue;
    if (!isCanonicalTarget(path)) checks.fault(['paths', name], 'must not have dot segments');
    if (seen.has(path)) checks.fault(['paths', name], `is the path of another endpoint already: ${path}`);
    seen.add(path);
  }
};

/** Reads the option `paths`. */
export const checkPaths = (
  checks: Checks,
  value: unknown,
  issuer: IssuerAddress,
  apis: readonly Pick<Api, 'context'>[],
): EndpointPaths => {
  const fields = checks.fields(value, ['paths'], [...PATH_ENDPOINTS, ...WELL_KNOWN_ENDPOINTS]) ?? {};
  // The type of an entry depends on its name, which `fromEntries` cannot express.
  const paths = Object.fromEntries(
    ENDPOINT_NAMES.map((name) => [name, checkPath(checks, fields[name], name)]),
  ) as EndpointPaths;
  refuseCollisions(checks, paths, issuer.path === '' ? metadataPaths(paths, apis) : []);
  return Object.freeze(paths);
};
