import type { AuditLog } from '../audit/audit-log';
import type { ConsentStore } from '../consents/consent-store';
import type { DirectoryStore } from '../directory/directory-store';
import type { PasswordLinkStore } from '../directory/password-link-store';
import type { SignUpStore } from '../directory/sign-up-store';
import type { Durations } from '../events/durations';
import type { Emit } from '../events/emitter';
import type { Logger } from '../events/logger';
import type { Clock, Milliseconds } from '../protocol/time';
import type { QuotaStore } from '../quotas/quota-store';
import type { SessionStore } from '../sessions/session-store';
import type { TransactionStore } from '../sessions/transaction-store';
import type { FailureCounters, Limits } from '../throttle/failure-counters';
import type { CodeStore } from '../tokens/code-store';
import type { PasswordUseStore } from '../tokens/password-use-store';
import type { TicketStore } from '../tokens/ticket-store';
import type { TokenStore } from '../tokens/token-store';
import type { TokenUseStore } from '../tokens/token-use-store';
import type { RefusalStore } from '../usage/refusal-store';
import type { UsageStore } from '../usage/usage-store';
import type { ChangeFeed } from './change-feed';
import type { CacheSettings } from './near-cache';

/** Settings from which a backend reads those that it needs. */
export interface BackendSettings {
  /** Prefix of all keys. */
  readonly prefix: string;
  /** Maximum time that a command may take. */
  readonly deadline: Milliseconds;
  readonly clock: Clock;
  readonly emit: Emit;
  readonly durations: Pick<Durations, 'redis'>;
  readonly logger: Logger;
  readonly limits: Limits;
  /** `auditPerActor`: maximum number of entries of one actor in a part of an audit; `Infinity` for any number. */
  readonly shares: { readonly auditPerActor: number };
  /** `false` if no gate caches what is in this store, so a change need not be announced. */
  readonly cache: CacheSettings | false;
  /** True if the operator accepts that Redis evicts live keys. */
  readonly redisMayEvict: boolean;
}

/**
 * The storage of a gate: one implementation of every port. `openStores` adds caches to it. The methods of
 * the ports reject with `StoreUnavailableError` if the store cannot be reached or fails.
 */
export interface Backend {
  /** One word for metrics and the readiness endpoint. */
  readonly name: string;
  readonly tokens: TokenStore;
  readonly codes: CodeStore;
  readonly tickets: TicketStore;
  readonly consents: ConsentStore;
  readonly directory: DirectoryStore;
  readonly sessions: SessionStore;
  readonly transactions: TransactionStore;
  readonly passwordLinks: PasswordLinkStore;
  readonly signUps: SignUpStore;
  readonly audit: AuditLog;
  readonly tokenUses: TokenUseStore;
  readonly passwordUses: PasswordUseStore;
  readonly quotas: QuotaStore;
  readonly usage: UsageStore;
  readonly refusals: RefusalStore;
  readonly failures: FailureCounters;
  /**
   * Resolves if tokens can be issued and are kept: the store replies, accepts writes and evicts no live keys. Writes at
   * most once per second, however often it is called. @throws StoreUnavailableError
   */
  check(): Promise<void>;
  /** Returns true if the store may evict live keys; `undefined` if that is not known. Sends no command. */
  mayEvict(): boolean | undefined;
  /** Number of commands, since the start, that were sent and got no reply within the deadline. */
  missedDeadlines(): number;
  /** Opens the feed of changes. Called at most once, by a gate that caches. */
  openChanges(): ChangeFeed;
  close(): Promise<void>;
}
