import type { PathOptions } from 'scopegate';
import { isMap, type Fields } from './fields';

/** Names of the endpoints whose paths can be chosen. */
type PathName = { [E in keyof PathOptions]-?: string extends PathOptions[E] ? E : never }[keyof PathOptions];

/** The paths of scopegate's endpoints unless `paths` overrides them. */
export const DEFAULT_ENDPOINTS = {
  authorize: '/authorize',
  token: '/token',
  revoke: '/revoke',
  introspect: '/introspect',
  webSocketTicket: '/ws-ticket',
  live: '/health/live',
  ready: '/health/ready',
} as const satisfies Readonly<Record<PathName, string>>;

/** All paths that scopegate serves. `/.well-known` is reserved as a whole. */
export const endpointPaths = ({ paths }: Fields): readonly string[] => {
  const named = isMap(paths) ? paths : {};
  const own = Object.entries(DEFAULT_ENDPOINTS).flatMap(([name, path]) => {
    const given = named[name];
    if (given === false) return [];
    return [typeof given === 'string' ? given : path];
  });
  return [...own, '/.well-known'];
};

/** The path of the authorization endpoint, whose pages are below it; `undefined` if it is not mounted. */
export const authorizePath = ({ paths }: Fields): string | undefined => {
  const given = isMap(paths) ? paths['authorize'] : undefined;
  if (given === false) return undefined;
  return typeof given === 'string' ? given : DEFAULT_ENDPOINTS.authorize;
};
