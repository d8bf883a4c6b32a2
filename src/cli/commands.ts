import type { Command } from './command';
import { applicationsDisable, applicationsEnable, applicationsList } from './commands/applications';
import { check } from './commands/check';
import { doctor } from './commands/doctor';
import { explain } from './commands/explain';
import { sessionsEnd } from './commands/sessions';
import { tokensList, tokensRevoke } from './commands/tokens';
import { usersCreate, usersDisable, usersEnable, usersList, usersSetPassword, usersUnlock } from './commands/users';

/** All commands, in the order of the help. */
export const COMMANDS: readonly Command[] = [
  tokensList,
  tokensRevoke,
  applicationsList,
  applicationsDisable,
  applicationsEnable,
  usersList,
  usersCreate,
  usersDisable,
  usersEnable,
  usersUnlock,
  usersSetPassword,
  sessionsEnd,
  doctor,
  check,
  explain,
];
