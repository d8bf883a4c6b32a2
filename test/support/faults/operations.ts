import { SeededRandom } from '../properties/seeded-random';
import { passwordForm, refreshForm, clientForm } from '../tokens/forms';
import { after } from '../time/waiting';
import type { Findings } from './findings';
import { LOAD_USERS, type GateUnderLoad } from './gate-under-load';
import type { Judge } from './judge';
import type { Issued, KnownGrant, KnownGrants } from './known-grants';
import { boundOf, type FaultTimes } from './times';

export interface LoadServices {
  readonly gates: readonly GateUnderLoad[];
  readonly grants: KnownGrants;
  readonly findings: Findings;
  readonly judge: Judge;
  readonly times: FaultTimes;
}

/** Times after the bound at which every gate is tried with a revoked token. */
const CHECKED_AFTER_MS = [20, 700];
/** Share of refreshes that are sent to two gates at once, as by a client that repeats itself. */
const REPEATED = 0.25;
const CLIENT_TOKENS = 0.2;
/** Grants of a revoked user that are tried; the others are tried at the end of the run. */
const CHECKED_PER_USER = 3;

/** What the clients of the load do, each time with a gate at random. */
export class Operations {
  readonly #random = new SeededRandom();
  readonly #services: LoadServices;

  constructor(services: LoadServices) {
    this.#services = services;
  }

  /** Uses a live token. */
  async guard(): Promise<void> {
    const grant = this.#services.grants.pickLive();
    if (grant !== undefined) await this.#use(grant, this.#anyGate());
  }

  /** Gets tokens, for a user or for the client itself. */
  async issue(): Promise<void> {
    const { grants, findings } = this.#services;
    const user = this.#random.next() < CLIENT_TOKENS ? undefined : this.#random.pick(LOAD_USERS);
    const form = user === undefined ? clientForm('read') : passwordForm(user, 'read');
    const answer = await this.#at(this.#anyGate()).requests.post('/token', form);
    if (findings.note('issue', answer)) return;
    if (answer.status === 200) grants.add(user, JSON.parse(answer.body) as Issued, answer.sentAt);
    else findings.noteUnexpected('a sign-in', answer);
  }

  /** Exchanges a refresh token, sometimes at two gates at once. */
  async refresh(): Promise<void> {
    const grant = this.#services.grants.pickToRefresh();
    if (grant?.refresh === undefined) return;
    const { refresh } = grant;
    grant.isRefreshing = true;
    const gates = this.#random.next() < REPEATED ? [this.#anyGate(), this.#anyGate()] : [this.#anyGate()];
    await Promise.all(gates.map((gate) => this.exchange(grant, refresh, gate)));
    grant.isRefreshing = false;
  }

  /** Exchanges this refresh token of a grant. Returns the refresh token that replaces it, if there is one. */
  async exchange(grant: KnownGrant, refresh: string, gate: number): Promise<string | undefined> {
    const { findings, judge, grants } = this.#services;
    const answer = await this.#at(gate).requests.post('/token', refreshForm(refresh));
    const isUnavailable = findings.note('refresh', answer);
    grant.isRefreshInDoubt = isUnavailable;
    if (isUnavailable) return undefined;
    if (answer.status !== 200) {
      if (answer.status !== 400) findings.noteUnexpected('a refresh', answer);
      else if (grant.state === 'live') {
        judge.refused(grant, 'a refresh', answer);
        grants.drop(grant);
      }
      return undefined;
    }
    const { access_token: access, refresh_token: next } = JSON.parse(answer.body) as Issued;
    if (next === undefined) return undefined;
    grant.access = access;
    grant.refresh = next;
    grant.previous = refresh;
    grant.leaves.delete(refresh);
    grant.leaves.add(next);
    return next;
  }

  /** Revokes a token that every gate has in its cache, and tries it at every gate after the bound. */
  async revoke(): Promise<void> {
    const { grants, findings, gates } = this.#services;
    const grant = grants.takeToRevoke();
    if (grant === undefined) return;
    if (grant.state === 'live') await Promise.all(gates.map((_gate, index) => this.#use(grant, index)));
    const token = grant.refresh !== undefined && this.#random.next() < 0.5 ? grant.refresh : grant.access;
    grant.state = 'doubtful';
    const answer = await this.#at(this.#anyGate()).requests.post('/revoke', { token });
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
    const [user] = this.#random.pick(LOAD_USERS);
    const revoked = grants.liveOf(user);
    const end = grants.beginRevocationOf(user);
    for (const grant of revoked) grant.state = 'doubtful';
    try {
      await this.#at(this.#anyGate()).gate.tokens.revoke({ user });
    } catch {
      for (const grant of revoked) grants.noteDoubtful(grant);
      return;
    } finally {
      end();
    }
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

  /** Reads the readiness of every gate. */
  async readiness(): Promise<void> {
    const { gates, findings } = this.#services;
    await Promise.all(
      gates.map(async ({ requests }, index) => {
        const { body } = await requests.get('/health/ready');
        const state = /"redis":"([a-z_]+)"/.exec(body)?.[1];
        if (state !== undefined) findings.noteState(index, state);
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

  async #use(grant: KnownGrant, gate: number): Promise<void> {
    const { findings, judge, grants } = this.#services;
    const answer = await this.#at(gate).requests.get('/orders', grant.access);
    const isUnavailable = findings.note('guard', answer);
    if (answer.status === 401 && grant.state === 'live') {
      judge.refused(grant, 'a request', answer);
      grants.drop(grant);
    } else if (answer.status !== 200 && answer.status !== 401 && !isUnavailable)
      findings.noteUnexpected('a request', answer);
  }

  #anyGate(): number {
    return Math.floor(this.#random.next() * this.#services.gates.length);
  }

  #at(gate: number): GateUnderLoad {
    const found = this.#services.gates[gate];
    if (found === undefined) throw new Error(`there is no gate ${gate}`);
    return found;
  }
}
