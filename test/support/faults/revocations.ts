import { SeededRandom } from '../properties/seeded-random';
import { after } from '../time/waiting';
import { LOAD_USERS } from './gate-under-load';
import type { KnownGrant } from './known-grants';
import type { LoadServices, Operations } from './operations';
import { boundOf } from './times';

/** Times after the bound at which every gate is tried with a revoked token. */
const CHECKED_AFTER_MS = [20, 700];
/** Grants of a revoked user that are tried; the others are tried at the end of the run. */
const CHECKED_PER_USER = 3;

/** Revocations by clients and by the product, and the use of what was revoked. */
export class Revocations {
  readonly #random = new SeededRandom();
  readonly #services: LoadServices;
  readonly #operations: Operations;

  constructor(services: LoadServices, operations: Operations) {
    this.#services = services;
    this.#operations = operations;
  }

  /** Revokes a token that every gate has in its cache, and tries it at every gate after the bound. */
  async revoke(): Promise<void> {
    const { grants, findings, gates } = this.#services;
    const operations = this.#operations;
    const grant = grants.takeToRevoke();
    if (grant === undefined) return;
    grant.state = 'doubtful'; // a revocation of its user may end it from now on, too
    await Promise.all(gates.map((_gate, index) => operations.use(grant, index)));
    const token = grant.refresh !== undefined && this.#random.next() < 0.5 ? grant.refresh : grant.access;
    const answer = await operations.at(operations.anyGate()).requests.post('/revoke', { token });
    const isUnavailable = findings.note('revoke', answer);
    if (answer.status !== 200) {
      if (!isUnavailable) findings.noteUnexpected('a revocation', answer);
      grants.noteDoubtful(grant);
      return;
    }
    grants.noteRevoked(grant, answer.answeredAt);
    await this.#tryAfterBound([grant]);
  }

  /** Revokes all grants of a user, and tries some of them at every gate after the bound. */
  async revokeUser(): Promise<void> {
    const { grants } = this.#services;
    const operations = this.#operations;
    const [user] = this.#random.pick(LOAD_USERS);
    const revoked = grants.liveOf(user);
    const answered = grants.beginRevocationOf(user);
    for (const grant of revoked) grant.state = 'doubtful';
    try {
      await operations.at(operations.anyGate()).gate.tokens.revoke({ user });
    } catch {
      answered(false);
      for (const grant of revoked) grants.noteDoubtful(grant);
      return;
    }
    answered(true);
    const at = performance.now();
    for (const grant of revoked) grants.noteRevoked(grant, at);
    await this.#tryAfterBound(revoked.slice(0, CHECKED_PER_USER));
  }

  /** Tries a revoked token at every gate. */
  async check(grant: KnownGrant): Promise<void> {
    const { gates, findings, judge } = this.#services;
    await Promise.all(
      gates.map(async ({ requests }, index) => {
        const answer = await requests.get('/orders', grant.access);
        const isUnavailable = findings.note('check', answer);
        if (answer.status === 200) await judge.accepted(grant, index, answer);
        else if (answer.status !== 401 && !isUnavailable) findings.noteUnexpected('a revoked token', answer);
      }),
    );
  }

  async #tryAfterBound(grants: readonly KnownGrant[]): Promise<void> {
    const [first] = grants;
    if (first === undefined) return;
    for (const wait of CHECKED_AFTER_MS) {
      await after(first.revokedAt + boundOf(this.#services.times, first.revokedAt) + wait - performance.now());
      await Promise.all(grants.map((grant) => this.check(grant)));
    }
  }
}
