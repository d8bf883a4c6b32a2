import type { AuditEntry } from '../../audit/audit-log';
import { monotonicClock, type Clock, type MonotonicClock } from '../../protocol/time';
import type { Change, ChangeFeed, ChangeListener, DirectoryNoun } from '../change-feed';
import { coherentDirectory, coherentStore } from '../coherent-store';
import { MemoryCodeStore } from './codes';
import { MemoryConsentStore } from './consents';
import { MemoryDirectoryStore } from './directory';
import { MemoryPasswordLinkStore } from './password-links';
import { MemoryPasswordUseStore } from './password-uses';
import { HeldPrincipals } from './principals';
import { MemoryQuotaStore } from './quotas';
import { MemoryRefusalStore } from './refusals';
import { MemorySessionStore } from './sessions';
import { MemorySignUpStore } from './sign-ups';
import { MemoryTicketStore } from './tickets';
import { MemoryTokenUseStore } from './token-uses';
import { MemoryTransactionStore } from './transactions';
import { MemoryTokenStore } from './tokens';
import { MemoryUsageStore } from './usage';

/**
 * Tokens, sessions, consents and records in the memory of this process that outlive a gate, so that another one with other
 * options can replace it: `scopegate({ memory })`.
 */
export interface MemoryStore {
  /** Discards the contents. Call it when all gates on it are closed. */
  close(): void;
}

const MAX_GRANTS = 100_000;

/** The stores whose contents do not depend on the options of a gate. */
export const createContents = (
  clock: Clock,
  {
    isShared,
    monotonic = monotonicClock,
  }: { readonly isShared: boolean; readonly monotonic?: MonotonicClock | undefined },
) => {
  const principals = new HeldPrincipals();
  return {
    tokens: new MemoryTokenStore({ clock, maxGrants: MAX_GRANTS, principals }),
    directory: new MemoryDirectoryStore(isShared),
    sessions: new MemorySessionStore(clock),
    codes: new MemoryCodeStore(clock, principals),
    tickets: new MemoryTicketStore(clock),
    consents: new MemoryConsentStore(),
    transactions: new MemoryTransactionStore(clock),
    passwordLinks: new MemoryPasswordLinkStore(clock),
    signUps: new MemorySignUpStore(clock),
    auditEntries: new Map<string, readonly AuditEntry[]>(),
    tokenUses: new MemoryTokenUseStore(),
    passwordUses: new MemoryPasswordUseStore(),
    quotas: new MemoryQuotaStore(monotonic),
    usage: new MemoryUsageStore(),
    refusals: new MemoryRefusalStore(clock),
  };
};

/** The contents of a store in memory. */
export type Contents = ReturnType<typeof createContents>;

/** The contents that several gates use, one after the other or concurrently, and the feed of their changes. */
export class SharedMemory implements MemoryStore {
  readonly #listeners = new Set<ChangeListener>();
  #contents: Contents | undefined;

  /** True if a gate has used it. */
  get isUsed(): boolean {
    return this.#contents !== undefined;
  }

  /** Returns the contents, which the first gate creates with its clock. Its changes are announced to all gates. */
  open(clock: Clock, monotonic?: MonotonicClock) {
    this.#contents ??= createContents(clock, { isShared: true, monotonic });
    const { tokens, directory, ...others } = this.#contents;
    return {
      ...others,
      tokens: coherentStore(tokens, {
        evict: (grantId) => this.#publish({ grantId }),
        evictAllOf: (principal) => this.#publish({ principal }),
      }),
      directory: coherentDirectory(directory, {
        organizations: this.#publisherOf('organizations'),
        users: this.#publisherOf('users'),
        applications: this.#publisherOf('applications'),
        clients: this.#publisherOf('clients'),
        declarations: this.#publisherOf('declarations'),
      }),
      check: () => tokens.check(),
    };
  }

  /** Opens the feed of one gate. Announcements are synchronous, so its cache is always coherent. */
  openChanges(): ChangeFeed {
    let own: ChangeListener | undefined;
    return {
      isCoherent: () => true,
      receivedUntil: () => performance.now(),
      maxAge: Infinity,
      listen: (listener) => {
        own = listener;
        this.#listeners.add(listener);
      },
      close: () => {
        if (own !== undefined) this.#listeners.delete(own);
      },
    };
  }

  close(): void {
    void this.#contents?.tokens.close();
    this.#contents = undefined;
  }

  #publish(change: Change): void {
    for (const { onChange } of this.#listeners) onChange(change);
  }

  #publisherOf(noun: DirectoryNoun) {
    return { evict: (key: string) => this.#publish({ noun, key }) };
  }
}

/**
 * Creates a store in memory that outlives a gate: pass it as the option `memory` to a gate, and to the one that
 * replaces it when the options change. Tokens, sessions and records stay; counters of failures begin at zero. Holds
 * 100,000 grants at most: another one is refused with 503. Its contents end with the process.
 */
export const createMemoryStore = (): MemoryStore => new SharedMemory();
