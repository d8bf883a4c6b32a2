import { channel, type Channel } from 'node:diagnostics_channel';
import type { Clock, EpochSeconds } from '../protocol/time';
import { GATE_EVENT_TYPES } from './event-table';
import type { GateEvent, GateEventFacts, GateEventType } from './gate-events';
import { kindOfError, type Logger } from './logger';

/** Emits an event. Never throws and never awaits a listener, so that a listener cannot fail or delay a request. */
export type Emit = (event: GateEventFacts) => void;

export type GateEventListener<T extends GateEventType = GateEventType> = (event: GateEvent<T>) => unknown;

const channels = new Map<GateEventType, Channel>(GATE_EVENT_TYPES.map((type) => [type, channel(`scopegate:${type}`)]));

/** Freezes an event and its lists, which are copies, so that a listener cannot change a rule or a token's scopes. */
const frozen = (facts: GateEventFacts, at: EpochSeconds): GateEvent => {
  const entries = Object.entries(facts).map(([name, value]: [string, unknown]) => [
    name,
    Array.isArray(value) ? Object.freeze([...(value as unknown[])]) : value,
  ]);
  // The properties are unchanged, so this is still the same member of the union.
  return Object.freeze({ ...(Object.fromEntries(entries) as GateEventFacts), at }) as GateEvent;
};

/** Passes events to the listeners of one gate and to `node:diagnostics_channel`, which all gates of a process share. */
export class Emitter {
  readonly #listeners = new Map<GateEventType, Set<GateEventListener>>();
  readonly #clock: Clock;
  readonly #logger: Logger;

  constructor(clock: Clock, logger: Logger) {
    this.#clock = clock;
    this.#logger = logger;
  }

  /** Adds a listener. @returns a function that removes it */
  on<T extends GateEventType>(type: T, listener: GateEventListener<T>): () => void {
    const listeners = this.#listeners.get(type) ?? new Set();
    this.#listeners.set(type, listeners);
    // The cast is safe: listeners receive events of their own type only. The wrapper lets a function be added twice.
    const entry: GateEventListener = (event) => listener(event as GateEvent<T>);
    listeners.add(entry);
    return () => void listeners.delete(entry);
  }

  readonly emit: Emit = (facts) => {
    const listeners = this.#listeners.get(facts.type);
    const diagnostics = channels.get(facts.type);
    if ((listeners === undefined || listeners.size === 0) && diagnostics?.hasSubscribers !== true) return;
    const event = frozen(facts, this.#clock());
    // A copy, because a listener that is added during this loop receives events from the next one on.
    for (const listener of [...(listeners ?? [])]) if (listeners?.has(listener)) this.#deliver(event, listener);
    if (diagnostics?.hasSubscribers === true) diagnostics.publish(event);
  };

  #deliver(event: GateEvent, listener: GateEventListener): void {
    const logFailure = (thrown: unknown): void =>
      this.#logger.error({ ...kindOfError(thrown), event: event.type }, 'A listener of gate.on() failed');
    try {
      const returned = listener(event);
      // The built-in `then`, because that of the returned promise may be overridden or missing.
      void Promise.prototype.then.call(Promise.resolve(returned), undefined, logFailure);
    } catch (thrown) {
      logFailure(thrown);
    }
  }
}
