import { dirname, resolve } from 'node:path';
import { checkPortalLook, ConfigurationError, type PortalLook } from 'scopegate';
import type { Faults } from './fault';
import type { Fields } from './fields';

export const LOOK_KEYS = ['logo', 'accent', 'footer', 'intro'] as const satisfies readonly (keyof PortalLook)[];

/** Reads the keys of the portal's look. `file` is the path of the YAML file; the logo is relative to its folder. */
export const readLook = (faults: Faults, fields: Fields, file: string): PortalLook => {
  if (fields['accent'] === null) {
    faults.add(['portal', 'accent'], 'has no value: put the colour in quotes, because # begins a comment');
  }
  const keys = LOOK_KEYS.filter((key) => fields[key] !== undefined && fields[key] !== null);
  const given = Object.fromEntries(keys.map((key) => [key, fields[key]]));
  const { logo } = given;
  const look = { ...given, ...(typeof logo === 'string' ? { logo: resolve(dirname(file), logo) } : {}) };
  try {
    checkPortalLook(look);
    return look;
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    for (const { path, problem } of error.faults) faults.add(['portal', ...path], problem);
    return {};
  }
};
