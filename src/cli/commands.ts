import type { Command } from './command';
import {
  applicationsSetConfidential,
  applicationsSetPublic,
  applicationsSetRedirectUris,
} from './commands/application-client';
import { applicationsGenerateKeys, applicationsRevokeSecret } from './commands/application-keys';
import { applicationsChangePlan } from './commands/application-plan';
import { applicationsRename, applicationsSetDescription } from './commands/application-profile';
import { applicationsApprove, applicationsReject, applicationsRequests } from './commands/application-requests';
import {
  applicationsCreate,
  applicationsRemove,
  applicationsSubscribe,
  applicationsUnsubscribe,
} from './commands/application-rights';
import { applicationsUsage } from './commands/application-usage';
import { applicationsDisable, applicationsEnable, applicationsList, applicationsShow } from './commands/applications';
import { check } from './commands/check';
import { doctor } from './commands/doctor';
import { explain } from './commands/explain';
import { importExpressGateway, importWso2 } from './commands/import';
import {
  organizationsCreate,
  organizationsDisable,
  organizationsEnable,
  organizationsList,
  organizationsRemove,
} from './commands/organizations';
import { applicationsPasswordGrants } from './commands/password-grants';
import { sessionsEnd } from './commands/sessions';
import { tokensList, tokensRevoke } from './commands/tokens';
import {
  usersCreate,
  usersDisable,
  usersEnable,
  usersList,
  usersRemove,
  usersSetPassword,
  usersSetRoles,
  usersUnlock,
} from './commands/users';
import { usersInvite, usersResetLink } from './commands/user-links';
import { signUpsApprove, signUpsList, signUpsReject } from './commands/sign-ups';

/** All commands, in the order of the help. */
export const COMMANDS: readonly Command[] = [
  tokensList,
  tokensRevoke,
  organizationsList,
  organizationsCreate,
  organizationsDisable,
  organizationsEnable,
  organizationsRemove,
  applicationsList,
  applicationsShow,
  applicationsPasswordGrants,
  applicationsUsage,
  applicationsCreate,
  applicationsDisable,
  applicationsEnable,
  applicationsGenerateKeys,
  applicationsRevokeSecret,
  applicationsSubscribe,
  applicationsChangePlan,
  applicationsUnsubscribe,
  applicationsRequests,
  applicationsApprove,
  applicationsReject,
  applicationsSetRedirectUris,
  applicationsSetPublic,
  applicationsSetConfidential,
  applicationsRename,
  applicationsSetDescription,
  applicationsRemove,
  usersList,
  usersCreate,
  usersInvite,
  usersResetLink,
  usersDisable,
  usersEnable,
  usersUnlock,
  usersSetPassword,
  usersSetRoles,
  usersRemove,
  signUpsList,
  signUpsApprove,
  signUpsReject,
  sessionsEnd,
  doctor,
  check,
  explain,
  importExpressGateway,
  importWso2,
];
