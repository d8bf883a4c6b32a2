import type { Emitter } from '../events/emitter';
import type { GateEvent } from '../events/gate-events';
import type { AuditFact } from './audit-log';

interface Owned {
  readonly clientId?: string;
  readonly subject?: string;
  readonly organization?: string;
}

const ownerOf = ({ clientId, subject, organization }: Owned): Partial<AuditFact> => ({
  ...(clientId === undefined ? {} : { clientId }),
  ...(subject === undefined ? {} : { target: subject }),
  ...(organization === undefined ? {} : { organization }),
});

const factOf = (event: GateEvent): AuditFact | undefined => {
  switch (event.type) {
    case 'issue':
      return {
        action: 'issue',
        ...ownerOf(event),
        detail: `${event.occasion}: ${event.scopes.join(' ') || 'no scope'}`,
      };
    case 'replay':
      return { action: 'replay', ...ownerOf(event), detail: event.answer };
    case 'reuse':
      return { action: 'reuse', ...ownerOf(event) };
    case 'revoke':
      return { action: 'revoke', ...ownerOf(event), detail: event.because };
    case 'deny':
      // Without a client, such as for a request without a token, there is no organization whose audit could record it.
      if (event.clientId === undefined) return undefined;
      return {
        action: 'deny',
        ...ownerOf(event),
        detail: [event.place, event.status, event.reason, event.api].filter((part) => part !== undefined).join(' '),
      };
    default:
      return undefined;
  }
};

/** Records the events of a gate as audit facts. @returns a function that stops it */
export const auditEvents = (emitter: Emitter, note: (fact: AuditFact) => void): (() => void) => {
  const hear = (event: GateEvent): void => {
    const fact = factOf(event);
    if (fact !== undefined) note(fact);
  };
  const stops = (['issue', 'replay', 'reuse', 'revoke', 'deny'] as const).map((type) => emitter.on(type, hear));
  return () => {
    for (const stop of stops) stop();
  };
};
