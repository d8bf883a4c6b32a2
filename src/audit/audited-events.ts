import type { Emitter } from '../events/emitter';
import { GATE_EVENT_TYPES, rowOf, type AuditedFacts } from '../events/event-table';
import type { GateEventType } from '../events/gate-events';
import type { AuditFact } from './audit-log';

/** The fields that events may have in common with an audit fact. */
interface AuditedEvent {
  readonly type: GateEventType;
  readonly clientId?: string;
  readonly subject?: string;
  readonly organization?: string;
}

const factOf = ({ type, clientId, subject, organization }: AuditedEvent, facts: AuditedFacts): AuditFact => ({
  action: type,
  ...(clientId === undefined ? {} : { clientId }),
  ...(subject === undefined ? {} : { target: subject }),
  ...(organization === undefined ? {} : { organization }),
  ...facts,
});

const auditEventsOf = (type: GateEventType, emitter: Emitter, note: (fact: AuditFact) => void): (() => void) => {
  const { audit } = rowOf(type);
  if (audit === false) return () => undefined;
  return emitter.on(type, (event) => {
    const facts = audit.factsOf(event);
    if (facts !== undefined) note(factOf(event, facts));
  });
};

/** Records events of a gate as audit facts, as the event table states. @returns a function that stops it */
export const auditEvents = (emitter: Emitter, note: (fact: AuditFact) => void): (() => void) => {
  const stops = GATE_EVENT_TYPES.map((type) => auditEventsOf(type, emitter, note));
  return () => {
    for (const stop of stops) stop();
  };
};
