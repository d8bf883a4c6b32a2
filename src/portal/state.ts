import type { Blockable } from '../directory/blocking';

/** Says whether a user or an application is enabled, and if not, who disabled it. */
export const stateOf = ({ enabled, disabledBy }: Blockable): string => {
  if (enabled) return 'Enabled';
  return disabledBy === 'administrator' ? 'Disabled by an administrator' : 'Disabled by the operator';
};
