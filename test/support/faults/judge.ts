import type { Findings } from './findings';
import type { KnownGrant } from './known-grants';
import type { Answer } from './requests';
import type { StallLog } from './stall-log';
import { boundOf, type FaultTimes } from './times';
import type { Loss } from './topology';

/** What Redis holds, as a gate without a cache reads it. */
export interface Reader {
  explain(token: string, scope: 'read'): Promise<{ readonly allowed: boolean }>;
}

/** Compares responses with what was acknowledged, and checks those that contradict it in Redis. */
export class Judge {
  readonly #reader: Reader;
  readonly #findings: Findings;
  readonly #stalls: StallLog;
  readonly #times: FaultTimes;
  readonly #loses: Loss | undefined;

  constructor(reader: Reader, findings: Findings, stalls: StallLog, times: FaultTimes, loses?: Loss) {
    this.#reader = reader;
    this.#findings = findings;
    this.#stalls = stalls;
    this.#times = times;
    this.#loses = loses;
  }

  /** Judges a request with a token that has been accepted although its grant is revoked. */
  async accepted(grant: KnownGrant, gate: number, { sentAt }: Answer): Promise<void> {
    const boundMs = boundOf(this.#times, grant.revokedAt);
    const lateMs = sentAt - grant.revokedAt - this.#stalls.between(grant.revokedAt, sentAt);
    if (lateMs <= boundMs) return;
    if (this.#loses !== undefined && (await this.#isHeld(grant.access))) {
      this.#findings.acceptsAfterLoss += 1;
      return;
    }
    this.#findings.wrongAccepts += 1;
    this.#findings.explain(
      `gate ${gate} accepted a token ${Math.round(lateMs)} ms after its revocation, whose bound is ${boundMs} ms`,
    );
  }

  /** Judges a request that was refused although the grant is live. */
  refused(grant: KnownGrant, what: string, { status, body }: Answer): void {
    if (this.#loses !== undefined && grant.issuedAt < this.#times.greenAt) {
      this.#findings.lostLive += 1;
      return;
    }
    this.#findings.refusedLive += 1;
    const ageMs = Math.round(performance.now() - grant.issuedAt);
    const sinceMs = Math.round(performance.now() - this.#times.beganAt);
    const about = `issued ${ageMs} ms ago, the fault began ${sinceMs} ms ago`;
    this.#findings.explain(`${what} of a live grant (${about}): ${status} ${body.slice(0, 200)}`);
  }

  async #isHeld(token: string): Promise<boolean> {
    try {
      return (await this.#reader.explain(token, 'read')).allowed;
    } catch {
      return false;
    }
  }
}
