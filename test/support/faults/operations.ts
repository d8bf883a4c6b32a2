import { SeededRandom } from '../properties/seeded-random';
import { passwordForm, refreshForm, clientForm } from '../tokens/forms';
import type { Findings } from './findings';
import { LOAD_USERS, type GateUnderLoad } from './gate-under-load';
import type { Judge } from './judge';
import type { Issued, KnownGrant, KnownGrants } from './known-grants';
import type { FaultTimes } from './times';

export interface LoadServices {
  readonly gates: readonly GateUnderLoad[];
  readonly grants: KnownGrants;
  readonly findings: Findings;
  readonly judge: Judge;
  readonly times: FaultTimes;
}

/** Share of refreshes that are sent to two gates concurrently, as by a client that repeats itself. */
const REPEATED = 0.25;
const CLIENT_TOKENS = 0.2;

/** What clients do to get and use tokens, each time with a gate at random. */
export class Operations {
  readonly #random = new SeededRandom();
  readonly #services: LoadServices;

  constructor(services: LoadServices) {
    this.#services = services;
  }

  /** Uses a live token. */
  async guard(): Promise<void> {
    const grant = this.#services.grants.pickLive();
    if (grant !== undefined) await this.use(grant, this.anyGate());
  }

  /** Gets tokens, for a user or for the client itself. */
  async issue(): Promise<void> {
    const { grants, findings } = this.#services;
    const user = this.#random.next() < CLIENT_TOKENS ? undefined : this.#random.pick(LOAD_USERS);
    const form = user === undefined ? clientForm('read') : passwordForm(user, 'read');
    const answer = await this.at(this.anyGate()).requests.post('/token', form);
    if (findings.note('issue', answer)) return;
    if (answer.status === 200) grants.add(user, JSON.parse(answer.body) as Issued, answer.sentAt);
    else findings.noteUnexpected('a sign-in', answer);
  }

  /** Exchanges a refresh token, sometimes at two gates concurrently. */
  async refresh(): Promise<void> {
    const grant = this.#services.grants.pickToRefresh();
    if (grant?.refresh === undefined) return;
    const { refresh } = grant;
    grant.isRefreshing = true;
    const gates = this.#random.next() < REPEATED ? [this.anyGate(), this.anyGate()] : [this.anyGate()];
    await Promise.all(gates.map((gate) => this.exchange(grant, refresh, gate)));
    grant.isRefreshing = false;
  }

  /** Exchanges this refresh token of a grant. Returns the refresh token that replaces it, if there is one. */
  async exchange(grant: KnownGrant, refresh: string, gate: number): Promise<string | undefined> {
    const { findings, judge, grants } = this.#services;
    const answer = await this.at(gate).requests.post('/token', refreshForm(refresh));
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

  /** Uses the token of a grant at a gate. */
  async use(grant: KnownGrant, gate: number): Promise<void> {
    const { findings, judge, grants } = this.#services;
    const { access } = grant;
    const answer = await this.at(gate).requests.get('/orders', access);
    const isUnavailable = findings.note('guard', answer);
    // A token that was replaced twice while the request was on its way is refused rightly.
    if (answer.status === 401 && grant.state === 'live' && grant.access === access) {
      judge.refused(grant, 'a request', answer);
      grants.drop(grant);
    } else if (answer.status !== 200 && answer.status !== 401 && !isUnavailable)
      findings.noteUnexpected('a request', answer);
  }

  /** The number of a gate. */
  anyGate(): number {
    return Math.floor(this.#random.next() * this.#services.gates.length);
  }

  at(gate: number): GateUnderLoad {
    const found = this.#services.gates[gate];
    if (found === undefined) throw new Error(`there is no gate ${gate}`);
    return found;
  }
}
