/** The state of a store that cannot serve every request. `read_only`: tokens can be checked but not issued. */
export type StoreState = 'away' | 'full' | 'read_only' | 'refused' | 'loading' | 'slow' | 'evicting';

/** Maps the word of a StoreUnavailableError to the state of the store; any other word is `away`. */
const STATES: Readonly<Record<string, StoreState>> = {
  full: 'full',
  OOM: 'full',
  READONLY: 'read_only',
  NOREPLICAS: 'read_only',
  MISCONF: 'read_only',
  NOPERM: 'refused',
  NOAUTH: 'refused',
  WRONGPASS: 'refused',
  LOADING: 'loading',
  BUSY: 'slow',
  deadline: 'slow',
  overloaded: 'slow',
  evicting: 'evicting',
};

/** The reasons of a 503, in events, metrics and logs. Responses do not contain them. */
export const UNAVAILABLE_REASONS = [
  'store_away',
  'store_slow',
  'store_full',
  'store_read_only',
  'store_refused',
  'store_loading',
  'store_evicting',
  'store_unannounced',
  'store_contended',
  'store_corrupt',
  'superseded',
  'declaration_conflict',
  'users_failed',
  'users_deadline',
  'rights_changed',
  'password_work_full',
  'password_work_share',
  'password_work_deadline',
  'guard_failed',
] as const;

export type UnavailableReason = (typeof UNAVAILABLE_REASONS)[number];

/** Words of a StoreUnavailableError that are not about the state of the whole store. */
const OTHER_REASONS: Readonly<Record<string, UnavailableReason>> = {
  unannounced: 'store_unannounced',
  contended: 'store_contended',
  corrupt: 'store_corrupt',
  unexpected: 'store_corrupt',
  superseded: 'superseded',
};

const lookUp = <T>(table: Readonly<Record<string, T>>, word: string): T | undefined =>
  Object.hasOwn(table, word) ? table[word] : undefined;

/** Returns the state of a store from the word of its error. */
export const storeStateOf = (word: string): StoreState => lookUp(STATES, word) ?? 'away';

/** Returns the reason of a 503 from the word of a StoreUnavailableError. */
export const storeReasonOf = (word: string): UnavailableReason =>
  lookUp(OTHER_REASONS, word) ?? `store_${storeStateOf(word)}`;
