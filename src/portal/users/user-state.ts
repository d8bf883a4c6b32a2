import { accountOf } from '../../directory/account-key';
import type { UserInfo } from '../../directory/user-info';
import { badge, type BadgeKind } from '../../pages/badge';
import { html, type Html } from '../../pages/html';
import { time } from '../../pages/time';
import type { EpochSeconds } from '../../protocol/time';
import type { PageServices } from '../page-services';
import type { Visit } from '../visit';

/** States by which the list of users is filtered. */
export const USER_STATES = ['enabled', 'disabled', 'invited', 'waiting'] as const;

export type UserState = (typeof USER_STATES)[number];

export const stateOf = ({ enabled, awaits }: UserInfo): UserState => {
  if (awaits === 'approval') return 'waiting';
  if (!enabled) return 'disabled';
  return awaits === 'password' ? 'invited' : 'enabled';
};

const KINDS: Readonly<Record<UserState, BadgeKind>> = {
  enabled: 'good',
  disabled: 'bad',
  invited: 'neutral',
  waiting: 'warning',
};

/** Returns until when sign-ins to an account are refused, from new networks or from one; `undefined` if they are not. */
export const findLockEnd = async (
  { username }: UserInfo,
  { throttle, clock }: Pick<PageServices, 'throttle' | 'clock'>,
): Promise<EpochSeconds | undefined> => {
  const lock = await throttle.findLock(accountOf(username));
  return lock === undefined ? undefined : clock() + lock / 1000;
};

/** Renders the state of a user. @param lockEnd until when the account is locked */
export const userState = ({ texts }: Pick<Visit, 'texts'>, user: UserInfo, lockEnd?: EpochSeconds): Html => {
  const { users } = texts;
  const state = stateOf(user);
  const text = state === 'disabled' ? users.disabledBy[user.disabledBy ?? 'operator'] : users.states[state];
  return html`${badge(KINDS[state], text)}
  ${lockEnd !== undefined && html`${badge('warning', users.locked)} ${users.until} ${time(lockEnd, texts)}`}`;
};
