import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Gate, GateEvent, GateEventType } from 'scopegate';

/** Every type there is. Written out, so that a test notices when one is missing. */
export const EVENT_TYPES = [
  'issue',
  'refresh',
  'replay',
  'reuse',
  'revoke',
  'deny',
  'throttle',
  'limit',
  'subscriptionRequest',
  'storeAway',
  'storeBack',
] as const satisfies readonly GateEventType[];

/** All events that a gate emits from now on, in order. Emptied by `splice(0)`. */
export const recordEvents = (gate: Pick<Gate, 'on'>): GateEvent[] => {
  const events: GateEvent[] = [];
  for (const type of EVENT_TYPES) gate.on(type, (event) => events.push(event));
  return events;
};

const left: (() => void)[] = [];

/** All that the gates of this process publish on diagnostics channels from now on, with the names of the channels. */
export const recordChannels = (): readonly (readonly [channel: string, event: unknown])[] => {
  const messages: (readonly [string, unknown])[] = [];
  for (const type of EVENT_TYPES) {
    const name = `scopegate:${type}`;
    const listener = (event: unknown): void => void messages.push([name, event]);
    subscribe(name, listener);
    left.push(() => unsubscribe(name, listener));
  }
  return messages;
};

afterEach(() => {
  for (const leave of left.splice(0)) leave();
});
