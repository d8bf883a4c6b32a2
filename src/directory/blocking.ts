import { DirectoryError } from '../protocol/errors';
import { readCall } from './values';

/** The role that disabled a record: the operator by a management call, or an administrator of its organization in the portal. */
export type Blocker = 'operator' | 'administrator';

/** On whose behalf a record is enabled or disabled. */
export interface Blocking {
  /** @default 'operator' */
  readonly by?: Blocker;
}

const BLOCKERS: readonly Blocker[] = ['operator', 'administrator'];

/** Checks what a call to enable or disable was given. @throws DirectoryError `ERR_SCOPEGATE_VALUE` */
export const readBlocking = (value: unknown): Blocking =>
  readCall((checks) => {
    const fields = checks.fields(value, [], ['by']);
    const by = checks.oneOf(fields?.['by'], ['by'], BLOCKERS);
    return by === undefined ? {} : { by };
  });

/** A record that can be disabled. */
export interface Blockable {
  readonly enabled: boolean;
  /** Left out on a disabled record: the operator, as on records of earlier versions. */
  readonly disabledBy?: Blocker;
}

/** The role that keeps a record disabled; `undefined` for one that is enabled. */
export const blockerOf = ({ enabled, disabledBy }: Blockable): Blocker | undefined =>
  enabled ? undefined : (disabledBy ?? 'operator');

/** The record disabled. An administrator does not take over what the operator has disabled. */
export const blocked = <R extends Blockable>(record: R, { by = 'operator' }: Blocking = {}): R => ({
  ...record,
  enabled: false,
  disabledBy: blockerOf(record) === 'operator' ? 'operator' : by,
});

/**
 * The record enabled.
 * @throws DirectoryError `ERR_SCOPEGATE_VALUE` when an administrator enables what the operator has disabled
 */
export const unblocked = <R extends Blockable>(record: R, { by = 'operator' }: Blocking = {}): R => {
  if (by === 'administrator' && blockerOf(record) === 'operator') {
    throw new DirectoryError(
      'ERR_SCOPEGATE_VALUE',
      'the operator disabled this; only the operator can enable it again',
    );
  }
  const { disabledBy: _disabledBy, ...rest } = record;
  // Without the mark it is the same record.
  return { ...rest, enabled: true } as R;
};
