import type { Emitter } from './emitter';
import type { GateEvent, GateEventType } from './gate-events';
import { Series, type Labels } from './series';

/** Returns the labels of an event. Their values are from short fixed lists, never a client, a user or an address. */
const labelsOf = (event: GateEvent): Labels => {
  switch (event.type) {
    case 'issue':
      return { occasion: event.occasion, environment: event.environment };
    case 'refresh':
      return { environment: event.environment };
    case 'revoke':
      return { because: event.because, ends: event.ends };
    case 'deny':
      return { place: event.place, status: String(event.status), reason: event.reason };
    case 'throttle':
      return { rule: event.rule };
    default:
      return {};
  }
};

const WITHOUT_LABELS: ReadonlySet<GateEventType> = new Set(['replay', 'reuse']);

const COUNTERS: readonly (readonly [type: GateEventType, name: string, help: string])[] = [
  ['issue', 'scopegate_issued_total', 'Grants for which tokens were issued'],
  ['refresh', 'scopegate_refreshed_total', 'Refresh tokens used and replaced'],
  ['replay', 'scopegate_replayed_total', 'Refreshes repeated inside the grace window'],
  ['reuse', 'scopegate_reused_total', 'Spent refresh tokens used again, each the end of its grant'],
  ['revoke', 'scopegate_revoked_total', 'Revocations of a grant, or of all tokens of a client or a user'],
  ['deny', 'scopegate_denied_total', 'Requests refused, by place, status and reason'],
  ['throttle', 'scopegate_throttled_total', 'Attempts refused because too many before them had failed'],
];

/** Creates the counters of events. They count the events of one gate from now on. */
export const createEventCounters = (emitter: Emitter): readonly Series[] =>
  COUNTERS.map(([type, name, help]) => {
    const series = new Series({ name, help, type: 'counter', hasLabels: !WITHOUT_LABELS.has(type) });
    emitter.on(type, (event) => series.add(labelsOf(event), 1));
    return series;
  });
