import type { Texts } from '../texts';

export const states: Texts['states'] = {
  enabled: 'Aktiv',
  disabledBy: { administrator: 'Von der Administration gesperrt', operator: 'Vom Betreiber gesperrt' },
};
