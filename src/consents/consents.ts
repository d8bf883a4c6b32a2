import { digestOf } from '../protocol/secrets';
import type { Scope } from '../protocol/scope';
import type { Clock } from '../protocol/time';
import type { Consent, ConsentChanged, ConsentStore } from './consent-store';

/**
 * The facts that identify an application. The id of a declared one is its key, which may be declared for another owner
 * later: that is another application.
 */
export interface ConsentingApplication {
  readonly id: string;
  readonly owner?: string;
  readonly organization?: string;
}

/** The application, the resources and the user that a consent is about. */
export interface ConsentQuestion {
  readonly subject: string;
  readonly application: ConsentingApplication;
  /** Identifiers of the requested resources, in any order. */
  readonly resources: readonly string[];
}

const ID_LENGTH = 22; // 132 bits, as unique as a stored digest

const idOf = ({ subject, application, resources }: ConsentQuestion): string => {
  const { id, owner, organization } = application;
  const facts = JSON.stringify([subject, id, owner, organization, [...resources].sort()]);
  return digestOf(`consent ${facts}`).slice(0, ID_LENGTH);
};

const without = (scopes: Scope, others: Scope): Scope => scopes.filter((scope) => !others.includes(scope));

/** The decisions of users about what applications may do on their behalf. */
export class Consents {
  readonly #store: ConsentStore;
  readonly #clock: Clock;
  readonly #maxPerUser: number;

  constructor(store: ConsentStore, clock: Clock, maxPerUser: number) {
    this.#store = store;
    this.#clock = clock;
    this.#maxPerUser = maxPerUser;
  }

  list(subject: string): Promise<readonly Consent[]> {
    return this.#store.list(subject);
  }

  /** Returns the user's decision about an application and resources. Reads the store; never cached. */
  findFresh(question: ConsentQuestion): Promise<Consent | undefined> {
    return this.findFreshById(question.subject, idOf(question));
  }

  findFreshById(subject: string, id: string): Promise<Consent | undefined> {
    return this.#store.find(subject, id);
  }

  /** Checks whether a decision can be stored: it replaces one, or the user has fewer consents than the maximum. */
  async hasRoomFor(question: ConsentQuestion): Promise<boolean> {
    const own = await this.#store.list(question.subject);
    return own.length < this.#maxPerUser || own.some(({ id }) => id === idOf(question));
  }

  /**
   * Stores the decision about the scopes that the user was asked for. Earlier decisions about other scopes stay.
   * @param granted those of the asked scopes that the user has allowed
   * @returns the consent, or `limited` if the user has too many
   */
  decide(question: ConsentQuestion, { asked, granted }: Pick<Consent, 'asked' | 'granted'>): Promise<ConsentChanged> {
    const { subject, application, resources } = question;
    const id = idOf(question);
    const decided = (before: Consent | undefined): Consent => ({
      id,
      applicationId: application.id,
      resources: [...resources].sort(),
      asked: [...without(before?.asked ?? [], asked), ...asked],
      granted: [...without(before?.granted ?? [], asked), ...granted],
      grantedAt: this.#clock(),
    });
    return this.#store.change(subject, id, decided, this.#maxPerUser);
  }

  /** @returns true if there was one */
  remove(subject: string, id: string): Promise<boolean> {
    return this.#store.remove(subject, id);
  }

  removeAllOf(subject: string): Promise<void> {
    return this.#store.removeAllOf(subject);
  }
}
