import type { EpochDay } from '../protocol/days';
import type { Grant } from './records';

/** A client as grants name it: its id may have been the key of another organization's application before. */
export type PasswordClient = Pick<Grant, 'clientId' | 'organization'>;

/** Use of the password grant by one client on one day. */
export interface PasswordUse extends PasswordClient {
  readonly day: EpochDay;
  /** Number of grants on that day. */
  readonly grants: number;
}

/** Use of the password grant by one client. */
export interface PasswordUsage {
  /** Number of grants since the first of the requested days. */
  readonly grants: number;
  /** Day of the last one; absent if none is known. */
  readonly lastDay?: EpochDay;
}

/**
 * Stores how often each client used the password grant, by day. For display only, written in batches: no decision
 * depends on it. Every method rejects with `StoreUnavailableError` if the store cannot be reached or fails.
 */
export interface PasswordUseStore {
  /** Adds to the stored counts. Those of days that are `PASSWORD_USE_DAYS` older than the newest one may be evicted. */
  add(uses: readonly PasswordUse[]): Promise<void>;

  /** Returns the use of the grant by a client since the beginning of a day. */
  usageSince(client: PasswordClient, day: EpochDay): Promise<PasswordUsage>;
}

/** Number of days for which the counts are kept. */
export const PASSWORD_USE_DAYS = 40;
