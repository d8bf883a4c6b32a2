import type { GateEvent, GateEventType } from 'scopegate';
import { EVENT_TABLE, type EventRow, type EventTable } from '../../src/events/event-table';

// These functions are compiled and never called: `npm run types` fails where a line that must not compile does compile.

/** `true` if two types are the same to the compiler, and neither is `any`. */
type Same<A, B> = 0 extends 1 & A ? false : [A, B] extends [B, A] ? true : false;

declare const uncounted: Omit<EventRow<'reuse'>, 'counter'>;
declare const unaudited: Omit<EventRow<'reuse'>, 'audit'>;
declare const without: Omit<EventTable, 'reuse'>;

const tables = (): readonly EventTable[] => {
  void (true satisfies Same<keyof EventTable, GateEventType>);
  return [
    EVENT_TABLE,
    { ...without, reuse: { counter: false, audit: false } },
    // @ts-expect-error an event without a row
    without,
    // @ts-expect-error an event that is not counted, and does not state it
    { ...without, reuse: uncounted },
    // @ts-expect-error an event that is not audited, and does not state it
    { ...without, reuse: unaudited },
    // @ts-expect-error a row without an event
    { ...EVENT_TABLE, login: { counter: false, audit: false } },
    // @ts-expect-error the row of another event
    { ...without, reuse: EVENT_TABLE.throttle },
  ];
};

const rows = (): readonly EventRow<'throttle'>[] => {
  const counter = { name: 'scopegate_throttled_total', help: 'Attempts refused' };
  return [
    { counter, audit: false },
    { counter: { ...counter, labelsOf: ({ rule }) => ({ rule }) }, audit: false },
    {
      counter: {
        ...counter,
        labelsOf: (event) => {
          void (true satisfies Same<typeof event, GateEvent<'throttle'>>);
          return {};
        },
      },
      audit: {
        part: 'failures',
        factsOf: (event) => {
          void (true satisfies Same<typeof event, GateEvent<'throttle'>>);
          return { detail: event.rule };
        },
      },
    },
    // @ts-expect-error a label from a field that the event does not have
    { counter: { ...counter, labelsOf: ({ because }) => ({ because }) }, audit: false },
    // @ts-expect-error a label that is not a text
    { counter: { ...counter, labelsOf: ({ at }) => ({ at }) }, audit: false },
    // @ts-expect-error a part that the audit does not have
    { counter: false, audit: { part: 'limits', factsOf: () => ({}) } },
    // @ts-expect-error a detail from a field that the event does not have
    { counter: false, audit: { part: 'failures', factsOf: ({ reason }) => ({ detail: reason }) } },
  ];
};

test('the type tests of the event table compile, and mark what must not', () => {
  expect([tables, rows]).toHaveLength(2);
});
