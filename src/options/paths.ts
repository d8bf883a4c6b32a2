import type { Api } from '../access/api';
import {
  ENDPOINT_NAMES,
  ENDPOINTS,
  PAGE_ENDPOINTS,
  PATH_ENDPOINTS,
  type EndpointName,
  type EndpointPaths,
  type PathEndpointName,
  type WellKnownEndpointName,
} from '../protocol/endpoints';
import { wellKnownPath, type IssuerAddress } from '../protocol/metadata';
import { isCanonicalTarget } from '../protocol/paths';
import type { Checks, Path } from './checks';
import { readGroup } from './field-reader';
import { customRow, type Row } from './row';

/** A row of an endpoint whose path can be chosen. */
const pathRow = ({ path: fallback, doc }: (typeof ENDPOINTS)[PathEndpointName]): Row<string | false, readonly []> => {
  const rule = 'a path such as /token, or false to leave it out';
  return customRow({
    type: 'string | false',
    default: `\`'${fallback}'\``,
    doc,
    range: 'segments of letters, digits and `._~-`',
    read: (checks: Checks, value: unknown, path: Path) =>
      value === false ? false : (checks.text(value, path, /^(?:\/[A-Za-z0-9._~-]+)+$/, rule) ?? fallback),
  });
};

/** A row of metadata whose path is defined by an RFC. */
const wellKnownRow = ({ doc }: (typeof ENDPOINTS)[WellKnownEndpointName]): Row<boolean, readonly []> =>
  customRow({
    type: 'false',
    default: 'mounted',
    doc,
    read: (checks: Checks, value: unknown, path: Path) => {
      if (value !== undefined && value !== false) {
        checks.fault(path, 'may only be false, to leave it out: an RFC defines its path');
      }
      return value !== false;
    },
  });

const rowOf = (name: EndpointName): Row => {
  const endpoint = ENDPOINTS[name];
  return endpoint.kind === 'well-known' ? wellKnownRow(endpoint) : pathRow(endpoint);
};

/** Rows of `paths`, one per endpoint. The type of a row depends on its name, which `fromEntries` cannot express. */
export const PATH_ROWS = Object.fromEntries(ENDPOINT_NAMES.map((name) => [name, rowOf(name)])) as {
  readonly [E in EndpointName]: Row<EndpointPaths[E], readonly []>;
};

/** Returns the paths of metadata that are mounted below the same root as the endpoints. */
const metadataPaths = (paths: EndpointPaths, apis: readonly Pick<Api, 'context'>[]): readonly string[] => [
  ...(paths.authorizationServerMetadata ? [wellKnownPath('oauth-authorization-server', '')] : []),
  ...(paths.protectedResourceMetadata
    ? ['', ...apis.map(({ context }) => context)].map((path) => wellKnownPath('oauth-protected-resource', path))
    : []),
];

/** Reports paths with dot segments, and paths that two endpoints share. */
const refuseCollisions = (checks: Checks, paths: EndpointPaths, path: Path, taken: readonly string[]): void => {
  const seen = new Set(taken);
  for (const name of PATH_ENDPOINTS) {
    const text = paths[name];
    if (text === false) continue;
    if (!isCanonicalTarget(text)) checks.fault([...path, name], 'must not have dot segments');
    const above = PAGE_ENDPOINTS.find((pages) => paths[pages] !== false && text.startsWith(`${paths[pages]}/`));
    if (above !== undefined) checks.fault([...path, name], `is below the pages of ${above}: ${text}`);
    if (seen.has(text)) checks.fault([...path, name], `is the path of another endpoint already: ${text}`);
    seen.add(text);
  }
};

/** Reads the option `paths`. */
export const readPaths = (
  checks: Checks,
  value: unknown,
  path: Path,
  issuer: IssuerAddress,
  apis: readonly Pick<Api, 'context'>[],
): EndpointPaths => {
  const paths = readGroup(checks, PATH_ROWS, value, path);
  refuseCollisions(checks, paths, path, issuer.path === '' ? metadataPaths(paths, apis) : []);
  return paths;
};
