export { scopegate } from './scopegate';
export type { ManagedDirectory } from './directory/management';
export type { ApiGuard, Gate, Guards, RequireScope } from './gate';
export { createMemoryStore, type MemoryStore } from './stores/memory/shared-memory';
export { checkOptions } from './options/settings';
export { checkPortalLook, type PortalLook } from './options/portal-look';
export type { Auth } from './guard/auth';
export type { MethodRequirements } from './guard/requirements';
export type { AllOf, AnyOf, Requirement } from './access/requirement';
export type {
  AllowanceDeclaration,
  ApiDeclaration,
  LifecycleDeclaration,
  ApplicationDeclaration,
  AuthorizationOptions,
  CacheOptions,
  CorsOptions,
  LimitOptions,
  OrganizationDeclaration,
  PasswordGrantOptions,
  PasswordOptions,
  PathOptions,
  PlanDeclaration,
  ResourceDeclaration,
  ResourceLimitDeclaration,
  ScopeDeclaration,
  ScopegateOptions,
  ShareOptions,
  SubscriptionDeclaration,
  ThrottleOptions,
  TokenOptions,
  UserDeclaration,
} from './options/options';
export type { PortalOptions, SignUpOptions } from './portal/services';
export type { SignInHook, SignInRequest, SignInResult } from './pages/sign-in-hook';
export type { RedisLike } from './stores/redis/redis-like';
export type { FoundUser, SignInContext, UserSource, VerifiedUser, VerifyUser } from './sign-in/user-source';
export type { Application, Organization, SubscriptionRequest } from './directory/records';
export type { GrantType } from './protocol/grant-types';
export type {
  ApplicationInfo,
  ClientIdOrder,
  GeneratedKeys,
  KeyOrder,
  NewApplication,
  SecretInfo,
} from './directory/application-info';
export type { Subscription } from './directory/subscriptions';
export type { SubscribeOptions } from './directory/application-rights';
export type { PendingRequest } from './directory/pending-requests';
export type { DecisionOptions, RejectOptions, RequestOptions } from './directory/request-arguments';
export type { Applications } from './directory/applications';
export type { Blocker, Blocking } from './directory/blocking';
export type { ManagedSessions } from './directory/managed-sessions';
export type { NewOrganization, Organizations } from './directory/organizations';
export type { Users } from './directory/users';
export type { InvitedUser, NewUser } from './directory/new-user';
export type { CreatedLink, Invitation, ManagedPasswordLinks, RedeemedLink } from './directory/password-links';
export type { LinkPurpose } from './directory/password-link-store';
export type { SignUps, WaitingUser } from './directory/sign-ups';
export type { UserInfo } from './directory/user-info';
export type { Environment } from './tokens/records';
export type { ApplicationUsage, ManagedUsage, UsageSpan } from './usage/managed-usage';
export type { Latency, UsageNumbers } from './usage/numbers';
export type { RecentRefusal } from './usage/refusal-store';
export type { UsagePeriod } from './usage/resolutions';
export type { LogFields, Logger } from './events/logger';
export type { GateEventListener } from './events/emitter';
export type {
  DenyEvent,
  DenyingPlace,
  GateEvent,
  GateEventType,
  GrantFacts,
  IssueEvent,
  IssueOccasion,
  LimitEvent,
  LimitName,
  RefreshEvent,
  ReplayEvent,
  ReuseEvent,
  RevokeEvent,
  RevokeReason,
  StoreAwayEvent,
  StoreBackEvent,
  SubscriptionRequestEvent,
  ThrottleEvent,
} from './events/gate-events';
export type { MetricsRegistry } from './events/metrics';
export type { RequestFacts, RequestPlace } from './events/request-facts';
export type { ManagedTokens } from './grants/managed-tokens';
export type { GrantsToRevoke, TokenOwner, UserToRevoke } from './grants/token-owner';
export type { ManagedIssue } from './grants/managed-issue';
export type { IssuedTokens } from './tokens/issued-tokens';
export type { GrantInfo } from './tokens/live-grants';
export type { WatchEnd } from './tokens/watched-tokens';
export type { Drift } from './guard/drift';
export type { AppliedLimit } from './guard/applied-limits';
export type { Explanation, Missing, TokenState } from './guard/explanation';
export type { RequestToExplain } from './guard/explain-target';
export type { RefusalReason } from './guard/refusal-bodies';
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
