import { isMap, type Fields } from './fields';

/** Where scopegate has its endpoints unless `paths` says otherwise. */
export const DEFAULT_ENDPOINTS = {
  token: '/token',
  revoke: '/revoke',
  introspect: '/introspect',
  live: '/health/live',
  ready: '/health/ready',
} as const;

/** All paths that scopegate answers at. What a standard puts below `/.well-known` is one of them as a whole. */
export const endpointPaths = ({ paths }: Fields): readonly string[] => {
  const named = isMap(paths) ? paths : {};
  const own = Object.entries(DEFAULT_ENDPOINTS).flatMap(([name, path]) => {
    const given = named[name];
    if (given === false) return [];
    return [typeof given === 'string' ? given : path];
  });
  return [...own, '/.well-known'];
};
