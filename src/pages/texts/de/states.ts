import type { Texts } from '../texts';

export const states: Texts['states'] = {
  enabled: 'Aktiv',
  disabledBy: { administrator: 'Von einem Administrator deaktiviert', operator: 'Vom Betreiber deaktiviert' },
};
