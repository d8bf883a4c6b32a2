export { scopegate, type Gate, type ManagedDirectory, type RequireScope } from './scopegate';
export { checkOptions } from './options/settings';
export type { Auth } from './guard/auth';
export type { AllOf, AnyOf, MethodRequirements, Requirement } from './guard/requirements';
export type {
  ApiDeclaration,
  ApplicationDeclaration,
  LimitOptions,
  OrganizationDeclaration,
  PasswordOptions,
  PathOptions,
  ResourceDeclaration,
  ScopeDeclaration,
  ScopegateOptions,
  ThrottleOptions,
  TokenOptions,
  UserDeclaration,
} from './options/options';
export type { RedisLike } from './options/redis-like';
export type { FoundUser, SignInContext, UserSource, VerifiedUser, VerifyUser } from './directory/user-source';
export type { Application, GrantType, Organization } from './directory/records';
export type {
  ApplicationInfo,
  Applications,
  GeneratedKeys,
  KeyOrder,
  NewApplication,
  SecretInfo,
} from './directory/applications';
export type { NewOrganization, Organizations } from './directory/organizations';
export type { NewUser, UserInfo, Users } from './directory/users';
export type { Environment } from './tokens/records';
export type { LogFields, Logger } from './events/logger';
export type { Clock, EpochSeconds, Milliseconds, Seconds } from './protocol/time';
export {
  ConfigurationError,
  DirectoryError,
  OAuthError,
  ScopegateError,
  StoreUnavailableError,
  UnguardedError,
  type OAuthErrorCode,
  type OptionFault,
  type ScopegateErrorCode,
} from './protocol/errors';
