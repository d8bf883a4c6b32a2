import { channel, type Channel } from 'node:diagnostics_channel';
import type { Clock, EpochSeconds } from '../protocol/time';
import { GATE_EVENT_TYPES, type GateEvent, type GateEventFacts, type GateEventType } from './gate-events';
import { kindOfError, type Logger } from './logger';

/** Emits an event. It never throws and never waits, so that a listener cannot delay a request. */
export type Emit = (event: GateEventFacts) => void;

export type GateEventListener<T extends GateEventType = GateEventType> = (event: GateEvent<T>) => unknown;

const channels = new Map<GateEventType, Channel>(GATE_EVENT_TYPES.map((type) => [type, channel(`scopegate:${type}`)]));

/** Frozen to its lists, which are copies: a listener must not change what a rule needs or a token gets. */
const frozen = (facts: GateEventFacts, at: EpochSeconds): GateEvent => {
  const entries = Object.entries(facts).map(([name, value]: [string, unknown]) => [
    name,
    Array.isArray(value) ? Object.freeze([...(value as unknown[])]) : value,
  ]);
  // The same members, so the same member of the union.
  return Object.freeze({ ...(Object.fromEntries(entries) as GateEventFacts), at }) as GateEvent;
};

/** Hands events to the listeners of one gate, and to `node:diagnostics_channel`, where all gates of a process report. */
export class Emitter {
  readonly #listeners = new Map<GateEventType, Set<GateEventListener>>();
  readonly #clock: Clock;
  readonly #logger: Logger;

  constructor(clock: Clock, logger: Logger) {
    this.#clock = clock;
    this.#logger = logger;
  }

  /** @returns a function that takes the listener off again. */
  on<T extends GateEventType>(type: T, listener: GateEventListener<T>): () => void {
    const listeners = this.#listeners.get(type) ?? new Set();
    this.#listeners.set(type, listeners);
    // Only events of this type are ever handed to it. A wrapper of its own, so that one function may listen twice.
    const entry: GateEventListener = (event) => listener(event as GateEvent<T>);
    listeners.add(entry);
    return () => void listeners.delete(entry);
  }

  readonly emit: Emit = (facts) => {
    const listeners = this.#listeners.get(facts.type);
    const reported = channels.get(facts.type);
    if ((listeners === undefined || listeners.size === 0) && reported?.hasSubscribers !== true) return;
    const event = frozen(facts, this.#clock());
    // A copy: a listener that is added meanwhile receives the next event.
    for (const listener of [...(listeners ?? [])]) if (listeners?.has(listener)) this.#hand(event, listener);
    if (reported?.hasSubscribers === true) reported.publish(event);
  };

  #hand(event: GateEvent, listener: GateEventListener): void {
    const failed = (thrown: unknown): void =>
      this.#logger.error({ ...kindOfError(thrown), event: event.type }, 'A listener of gate.on() failed');
    try {
      const returned = listener(event);
      // By the prototype's own method: what was returned may have another one, or none.
      void Promise.prototype.then.call(Promise.resolve(returned), undefined, failed);
    } catch (thrown) {
      failed(thrown);
    }
  }
}
