import type { Emitter } from './emitter';
import { Series } from './series';

const MAX_CLIENTS = 100;
const OTHER = 'other';

/**
 * Creates the counter of password grants by client. It is the only one with clients as labels, because a team needs their
 * names to move them to another grant. The first 100 clients since the start have a label of their own, and all others
 * are `other`, so that applications that are created at run time cannot add series without limit.
 */
export const createPasswordGrantCounter = (emitter: Emitter): Series => {
  const series = new Series({
    name: 'scopegate_password_grants_total',
    help: 'Password grants for which tokens were issued, by client; clients after the first 100 are counted as other',
    type: 'counter',
    hasLabels: true,
  });
  const known = new Set<string>();
  emitter.on('issue', ({ occasion, clientId }) => {
    if (occasion !== 'password') return;
    if (known.size < MAX_CLIENTS) known.add(clientId);
    series.add({ client: known.has(clientId) ? clientId : OTHER }, 1);
  });
  return series;
};
