import { SeededRandom } from '../properties/seeded-random';
import { Operations, type LoadServices } from './operations';
import { Revocations } from './revocations';

const TICK_MS = 10;
const MAX_RUNNING = 400;
const READINESS_EVERY_MS = 250;
/** The load issues more while clients hold fewer grants than this, and revokes more while they hold more. */
const USUAL_GRANTS = 80;

type Act = 'guard' | 'issue' | 'refresh' | 'revoke' | 'revokeUser';

const OFTEN_ISSUES: readonly (readonly [Act, number])[] = [
  ['guard', 0.7],
  ['issue', 0.14],
  ['refresh', 0.1],
  ['revoke', 0.05],
  ['revokeUser', 0.01],
];

const OFTEN_REVOKES: readonly (readonly [Act, number])[] = [
  ['guard', 0.72],
  ['issue', 0.06],
  ['refresh', 0.1],
  ['revoke', 0.11],
  ['revokeUser', 0.01],
];

/** A steady load on all gates: a fixed number of operations each second, whether the earlier ones are answered or not. */
export class Load {
  readonly operations: Operations;
  readonly revocations: Revocations;
  readonly #acts: Readonly<Record<Act, () => Promise<void>>>;
  readonly #services: LoadServices;
  readonly #perSecond: number;
  readonly #random = new SeededRandom();
  readonly #running = new Set<Promise<void>>();
  readonly #timers: NodeJS.Timeout[] = [];
  #owed = 0;
  #lastTick = 0;

  constructor(services: LoadServices, perSecond: number) {
    const operations = new Operations(services);
    const revocations = new Revocations(services, operations);
    this.operations = operations;
    this.revocations = revocations;
    this.#acts = {
      guard: () => operations.guard(),
      issue: () => operations.issue(),
      refresh: () => operations.refresh(),
      revoke: () => revocations.revoke(),
      revokeUser: () => revocations.revokeUser(),
    };
    this.#services = services;
    this.#perSecond = perSecond;
  }

  /** Begins to send. */
  start(): void {
    this.#lastTick = performance.now();
    this.#timers.push(
      setInterval(() => this.#tick(), TICK_MS),
      setInterval(() => this.#run(() => this.operations.readiness()), READINESS_EVERY_MS),
    );
  }

  /** Sends nothing new; resolves when everything is answered and every revoked token was tried after its bound. */
  async stop(): Promise<void> {
    for (const timer of this.#timers.splice(0)) clearInterval(timer);
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  #tick(): void {
    const now = performance.now();
    // A process that was blocked does not catch up on what was due meanwhile: the load is steady.
    this.#owed += Math.min(now - this.#lastTick, 5 * TICK_MS) * (this.#perSecond / 1_000);
    this.#lastTick = now;
    for (; this.#owed >= 1; this.#owed -= 1) {
      if (this.#running.size < MAX_RUNNING) this.#run(this.#acts[this.#nextAct()]);
      else this.#services.findings.unsent += 1;
    }
  }

  #nextAct(): Act {
    const shares = this.#services.grants.live.length < USUAL_GRANTS ? OFTEN_ISSUES : OFTEN_REVOKES;
    let left = this.#random.next();
    for (const [act, share] of shares) {
      left -= share;
      if (left < 0) return act;
    }
    return 'guard';
  }

  #run(act: () => Promise<void>): void {
    const running = act().finally(() => this.#running.delete(running));
    this.#running.add(running);
  }
}
