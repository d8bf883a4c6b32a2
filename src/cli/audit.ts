import type { AuditFact, AuditLog } from '../audit/audit-log';
import { AuditRecorder } from '../audit/recorder';
import { systemClock } from '../protocol/time';

/** The actor in the audit of everything that is done by a command. No user can have this name, because it contains spaces. */
export const ACTOR = 'operator (command line)';

/** An action of a command, as the audit records it. */
export type Action = Omit<AuditFact, 'actor' | 'network'>;

/** Writes what a command has done to the audit of the organization that is affected. */
export class OperatorAudit {
  readonly #recorder: AuditRecorder;

  /** @param warn called if entries cannot be written. What they are about has been done nevertheless */
  constructor(log: AuditLog, warn: (message: string) => void) {
    const onLost = (): void => warn('The command was carried out, but could not be added to the audit');
    const logger = { info: () => undefined, warn: onLost, error: onLost };
    this.#recorder = new AuditRecorder({ log, organizationOf: async () => undefined, clock: systemClock, logger });
  }

  readonly note = (action: Action): void => {
    this.#recorder.note({ ...action, actor: ACTOR });
  };

  /** Resolves when everything is written, or after two seconds. */
  close(): Promise<void> {
    return this.#recorder.close();
  }
}
