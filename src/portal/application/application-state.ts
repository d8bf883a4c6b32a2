import type { Blockable } from '../../directory/blocking';
import type { Texts } from '../../pages/texts/texts';

/** Describes whether a user or an application is enabled and, if not, which role disabled it. */
export const stateOf = ({ enabled, disabledBy = 'operator' }: Blockable, { states }: Pick<Texts, 'states'>): string =>
  enabled ? states.enabled : states.disabledBy[disabledBy];
