import type { Emitter } from './emitter';
import { GATE_EVENT_TYPES, rowOf } from './event-table';
import type { GateEventType } from './gate-events';
import { Series } from './series';

const countEvents = (type: GateEventType, emitter: Emitter): readonly Series[] => {
  const { counter } = rowOf(type);
  if (counter === false) return [];
  const { name, help, labelsOf } = counter;
  const series = new Series({ name, help, type: 'counter', hasLabels: labelsOf !== undefined });
  emitter.on(type, (event) => series.add(labelsOf?.(event) ?? {}, 1));
  return [series];
};

/** Creates the counters of the event table. They count the events of one gate from now on. */
export const createEventCounters = (emitter: Emitter): readonly Series[] =>
  GATE_EVENT_TYPES.flatMap((type) => countEvents(type, emitter));
