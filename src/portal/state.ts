import type { Blockable } from '../directory/blocking';

/** Describes whether a user or an application is enabled and, if not, which role disabled it. */
export const stateOf = ({ enabled, disabledBy }: Blockable): string => {
  if (enabled) return 'Enabled';
  return disabledBy === 'administrator' ? 'Disabled by an administrator' : 'Disabled by the operator';
};
