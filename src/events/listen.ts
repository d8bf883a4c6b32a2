import { ConfigurationError, inCall } from '../protocol/errors';
import { kindOfValue, printValue } from '../protocol/printed-value';
import type { Emitter, GateEventListener } from './emitter';
import { GATE_EVENT_TYPES, isGateEventType } from './event-table';
import type { GateEventType } from './gate-events';

/** Adds a listener. @returns a function that removes it. */
export type Listen = <T extends GateEventType>(type: T, listener: GateEventListener<T>) => () => void;

const refuse = (problem: string): never => {
  throw new ConfigurationError([{ path: [], problem }]);
};

/**
 * Creates `gate.on`, which checks its arguments: JavaScript may pass anything.
 * @throws ConfigurationError for an unknown type, and for a listener that is not a function
 */
export const createListen =
  (emitter: Emitter): Listen =>
  (type, listener) =>
    inCall('gate.on', () => {
      if (!isGateEventType(type)) {
        return refuse(`there is no event ${printValue(type)}; events are ${GATE_EVENT_TYPES.join(', ')}`);
      }
      if (typeof listener === 'function') return emitter.on(type, listener);
      return refuse(`needs a function to call as its second argument; got ${kindOfValue(listener)}`);
    });
