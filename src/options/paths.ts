import { isCanonicalTarget } from '../protocol/paths';
import { wellKnownPath, type IssuerAddress } from '../protocol/metadata';
import type { Api } from '../access/api';
import type { Checks } from './checks';

/** Paths below the mount path, or `false` for an endpoint that is not mounted. */
export interface Paths {
  readonly token: string | false;
  readonly revoke: string | false;
  readonly introspect: string | false;
  /** Their paths are defined by the RFCs, so these are only mounted or not. */
  readonly authorizationServerMetadata: boolean;
  readonly protectedResourceMetadata: boolean;
  readonly live: string | false;
  readonly ready: string | false;
}

const DEFAULT_PATHS = {
  token: '/token',
  revoke: '/revoke',
  introspect: '/introspect',
  live: '/health/live',
  ready: '/health/ready',
} as const;

const METADATA_PATHS = ['authorizationServerMetadata', 'protectedResourceMetadata'] as const;

/** Returns the paths of metadata that are mounted below the same root as the endpoints. */
const metadataPaths = (paths: Paths, apis: readonly Pick<Api, 'context'>[]): readonly string[] => [
  ...(paths.authorizationServerMetadata ? [wellKnownPath('oauth-authorization-server', '')] : []),
  ...(paths.protectedResourceMetadata
    ? ['', ...apis.map(({ context }) => context)].map((path) => wellKnownPath('oauth-protected-resource', path))
    : []),
];

/** Reads the option `paths`. */
export const checkPaths = (
  checks: Checks,
  value: unknown,
  issuer: IssuerAddress,
  apis: readonly Pick<Api, 'context'>[],
): Paths => {
  const fields = checks.fields(value, ['paths'], [...Object.keys(DEFAULT_PATHS), ...METADATA_PATHS]) ?? {};
  const path = (name: keyof typeof DEFAULT_PATHS): string | false => {
    if (fields[name] === false) return false;
    const rule = 'a path such as /token, or false to leave it out';
    return checks.text(fields[name], ['paths', name], /^(?:\/[A-Za-z0-9._~-]+)+$/, rule) ?? DEFAULT_PATHS[name];
  };
  const isThere = (name: (typeof METADATA_PATHS)[number]): boolean => {
    if (fields[name] !== undefined && fields[name] !== false) {
      checks.fault(['paths', name], 'may only be false, to leave it out: where it is, its standard says');
    }
    return fields[name] !== false;
  };
  const paths: Paths = {
    token: path('token'),
    revoke: path('revoke'),
    introspect: path('introspect'),
    authorizationServerMetadata: isThere('authorizationServerMetadata'),
    protectedResourceMetadata: isThere('protectedResourceMetadata'),
    live: path('live'),
    ready: path('ready'),
  };
  const seen = new Set(issuer.path === '' ? metadataPaths(paths, apis) : []);
  for (const name of Object.keys(DEFAULT_PATHS) as (keyof typeof DEFAULT_PATHS)[]) {
    const text = paths[name];
    if (text === false) continue;
    if (!isCanonicalTarget(text)) checks.fault(['paths', name], 'must not have dot segments');
    if (seen.has(text)) checks.fault(['paths', name], `is the path of another endpoint already: ${text}`);
    seen.add(text);
  }
  return Object.freeze(paths);
};
