import { DirectoryError } from '../protocol/errors';
import { readCall } from './values';

/** The role that disabled a record: the operator (management call) or an administrator of its organization (portal). */
export type Blocker = 'operator' | 'administrator';

/** The role on whose behalf a record is enabled, disabled or removed. */
export interface Blocking {
  /** @default 'operator' */
  readonly by?: Blocker;
}

const BLOCKERS: readonly Blocker[] = ['operator', 'administrator'];

/** Reads the `blocking` argument of a call to enable, disable or remove. @throws DirectoryError `ERR_SCOPEGATE_VALUE` */
export const readBlocking = (value: unknown): Blocking =>
  readCall((checks) => {
    const fields = checks.fields(value, [], ['by']);
    const by = checks.oneOf(fields?.['by'], ['by'], BLOCKERS);
    return by === undefined ? {} : { by };
  });

/** A record that can be disabled. */
export interface Blockable {
  readonly enabled: boolean;
  /** If omitted on a disabled record, as on those of earlier versions, the operator disabled it. */
  readonly disabledBy?: Blocker;
}

/** Returns the role that keeps a record disabled; `undefined` if it is enabled. */
export const blockerOf = ({ enabled, disabledBy }: Blockable): Blocker | undefined =>
  enabled ? undefined : (disabledBy ?? 'operator');

/** Returns the record, disabled if a role keeps it disabled. */
export const withBlocker = <R extends Blockable>(record: R, blocker: Blocker | undefined): R =>
  blocker === undefined ? record : { ...record, enabled: false, disabledBy: blocker };

/** Returns a disabled copy of the record. A record that the operator disabled stays disabled by the operator. */
export const blocked = <R extends Blockable>(record: R, { by = 'operator' }: Blocking = {}): R => ({
  ...record,
  enabled: false,
  disabledBy: blockerOf(record) === 'operator' ? 'operator' : by,
});

/**
 * Refuses an administrator who would undo that the operator disabled the record.
 * @throws DirectoryError `ERR_SCOPEGATE_VALUE`
 */
export const refuseUndoing = (record: Blockable | undefined, { by = 'operator' }: Blocking = {}): void => {
  if (record === undefined || by === 'operator' || blockerOf(record) !== 'operator') return;
  throw new DirectoryError('ERR_SCOPEGATE_VALUE', 'the operator disabled this; only the operator can change that', {
    name: 'disabled_by_operator',
  });
};

/**
 * Returns an enabled copy of the record.
 * @throws DirectoryError `ERR_SCOPEGATE_VALUE` if an administrator enables what the operator disabled
 */
export const unblocked = <R extends Blockable>(record: R, blocking: Blocking = {}): R => {
  refuseUndoing(record, blocking);
  const { disabledBy: _disabledBy, ...rest } = record;
  // An `R` without the optional `disabledBy` is still an `R`.
  return { ...rest, enabled: true } as R;
};
